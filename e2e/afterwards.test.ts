import { expect } from 'vitest'
import { describeInBrowser, test } from './fixtures.ts'
import type { Playground } from './playground.ts'

/** Holds back every request to this address until the returned function is called. */
async function hold({ page }: Playground, address: string): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  await page.route(address, async (route) => {
    await promise
    // A page that has closed since needs no answer.
    await route.continue().catch(() => {})
  })
  return resolve
}

describeInBrowser('A shopper after the cashier has closed', () => {
  test('cancels an order they did not pay', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.checkOut()
    await shopper.cancelAtCashier()
    await shopper.reads('Payment cancelled')
    await shopper.viewOrder()
    await shopper.button('Cancel order').click()
    await shopper.answer('Yes')
    await shopper.reads('Cancelled by you')
    expect(await shopper.button('Pay again').count()).toBe(0)
  })

  test('requests a refund, and follows it until the money is returned', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.checkOut()
    await shopper.payAtCashier()
    await shopper.reads('Payment received')
    await shopper.viewOrder()
    await shopper.requestRefund()
    await shopper.reads('You requested a refund')
    await stage.refund(await shopper.paymentId(), 12_800)
    await shopper.reads('Your money was returned to your payment method.')
  })

  test('whose refund is declined reads why, without touching the page', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.checkOut()
    await shopper.payAtCashier()
    await shopper.reads('Payment received')
    await shopper.viewOrder()
    await shopper.requestRefund()
    await shopper.reads('The shop will decide on your request.')
    const [order] = await shopper.orders(stage.stack.server.url)
    await stage.declineRefund(order?.id ?? '', 'The tea was opened.')
    await shopper.reads('Refund declined')
    await shopper.reads('The tea was opened.')
  })

  test('whose money arrives after they cancelled reads so by itself, and no page says it was not taken', async ({
    stage,
  }) => {
    const shopper = await stage.visit({ scenario: 'late authorisation' })
    await shopper.checkOut()
    await shopper.cancelAtCashier()
    await shopper.reads('Payment received')
    expect(await shopper.button('Pay again').count()).toBe(0)
  })

  test('reads the amount and that it is confirming in the moment the cashier closes', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.checkOut()
    await shopper.enterPassword()
    const arrive = await hold(shopper, '**/api/payments/details')
    await shopper.done()
    await shopper.reads('Confirming your payment')
    await shopper.reads('¥128.00')
    arrive()
    await shopper.reads('Payment received')
  })

  test('finds the payment in question on top before any answer, and nothing jumps when they come', async ({
    stage,
  }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.checkOut()
    await shopper.cashier.waitFor()
    await shopper.press('Kill app')
    const arrive = await hold(shopper, '**/api/**')
    await shopper.press('Reopen app')
    await shopper.reads('Confirming your payment')
    arrive()
    await shopper.reads('Not paid yet')
    await shopper.reads('In stock')
    expect(await shopper.layoutShift()).toBeLessThan(0.02)
  })

  test('finds the cart empty in the moment they return from a payment, with no live pay button', async ({
    stage,
  }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.checkOut()
    await shopper.payAtCashier()
    await shopper.reads('Payment received')
    await hold(shopper, '**/api/products')
    await shopper.back()
    await shopper.reads('Your cart is empty')
    expect(await shopper.button('WeChat Pay').count()).toBe(0)
    await shopper.openTab('home')
    expect(await shopper.phone.getByRole('button', { name: /^Remove/ }).count()).toBe(0)
    await shopper.addToCart()
    await shopper.openTab('cart')
    await shopper.reads('Total · 1 item')
  })

  test('whose order ends while its page is open reads so by itself', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.checkOut()
    await shopper.cancelAtCashier()
    await shopper.reads('Payment cancelled')
    const [order] = await shopper.orders(stage.stack.server.url)
    let isAlmostOver = true
    await shopper.page.route(/\/api\/orders\/ord_\w+$/, async (route) => {
      const answer = await route.fetch()
      const order = await answer.json()
      await route.fulfill({ response: answer, json: isAlmostOver ? { ...order, leftMs: 1 } : order })
    })
    await shopper.viewOrder()
    await shopper.reads('Awaiting payment')
    await shopper.send(stage.stack.server.url, `/orders/${order?.id}/cancel`, {})
    isAlmostOver = false
    await shopper.reads('Cancelled by you')
    expect(await shopper.button('Pay again').count()).toBe(0)
    await shopper.button('Buy again').click()
    await shopper.reads('Total · 1 item')
  })

  test('keeps their place in the orders when they come back from one', async ({ stage }) => {
    const shopper = await stage.visit()
    await shopper.logIn()
    const { url } = stage.stack.server
    for (let made = 0; made < 12; made += 1) {
      await shopper.send(url, '/orders', { lines: [{ productId: 'tea-jasmine', quantity: 1 }] })
      const [order] = await shopper.orders(url)
      await shopper.send(url, `/orders/${order?.id}/cancel`, {})
    }
    await shopper.openTab('orders')
    // At the foot of the list more is loaded.
    await shopper.phone.getByRole('button', { name: 'Load more' }).scrollIntoViewIfNeeded()
    await shopper.reads('No more orders')
    const cards = shopper.phone.getByRole('button', { name: /1 item/ })
    await cards.nth(11).click()
    await shopper.reads('Cancelled by you')
    await shopper.back()
    await shopper.reads('No more orders')
    expect(await cards.count()).toBe(12)
    expect(await cards.nth(11).evaluate((card) => card.getBoundingClientRect().top)).toBeLessThan(950)
  })
})
