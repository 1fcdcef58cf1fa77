import { missingBrowser } from '@tael/stack/browser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStage, type Playground, type Stage } from './stage.ts'

const missing = missingBrowser()

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

describe.skipIf(missing)(
  `A shopper in the playground${missing === undefined ? '' : `, skipped: ${missing}`}`,
  () => {
    let stage: Stage
    beforeAll(async () => {
      stage = await openStage()
    })
    afterAll(() => stage.close())

    test('pays, and the order is paid', async () => {
      const shopper = await stage.visit()
      await shopper.checkOut(2)
      await shopper.cashier.getByText('¥39.00').waitFor()
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      await shopper.viewOrder()
      await shopper.reads('Paid')
      await shopper
        .messages(/Adyen to Server.*AUTHORISATION/)
        .first()
        .waitFor()
      expect(await shopper.messages(/Server to Adyen, request: POST \/payments$/).count()).toBe(1)
      expect(
        await shopper.messages(/Mini Program to Server, request: POST \/payments\/details/).count(),
      ).toBe(1)
      // The answer to the details is the outcome.
      expect(await shopper.messages(/Mini Program to Server, request: GET \/payments/).count()).toBe(0)
    })

    test('pays in Chinese', async () => {
      const shopper = await stage.visit({ language: '中文' })
      await shopper.checkOut()
      await shopper.payAtCashier()
      await shopper.reads('支付成功')
    })

    test('cancels, pays the same order in one tap, and it is paid once', async () => {
      const shopper = await stage.visit()
      await shopper.checkOut()
      await shopper.cancelAtCashier()
      await shopper.reads('Payment cancelled')
      await shopper.payAgain()
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      expect(await shopper.messages(/Mini Program to Server, request: POST \/orders/).count()).toBe(1)
      expect(await shopper.messages(/Server to Adyen, request: POST \/payments$/).count()).toBe(2)
    })

    test.for([
      { scenario: 'cancel pending', leave: 'cancelAtCashier' },
      { scenario: 'cancel received', leave: 'cancelAtCashier' },
      { scenario: 'cancel unanswered', leave: 'cancelAtCashier' },
      { scenario: 'fail pending', leave: 'payAtCashier' },
      { scenario: 'fail received', leave: 'payAtCashier' },
      { scenario: 'fail unanswered', leave: 'payAtCashier' },
    ] as const)(
      'leaves the cashier unpaid ($scenario), reads so, and continues in one tap, also after the app was killed',
      async ({ scenario, leave }) => {
        const shopper = await stage.visit({ scenario })
        await shopper.checkOut()
        await shopper[leave]()
        await shopper.reads('Not paid yet')
        expect(await shopper.button('Pay again').count()).toBe(0)
        await shopper.press('Kill app')
        await shopper.press('Reopen app')
        await shopper.reads('Not paid yet')
        await shopper.phone.getByRole('button', { name: /View payment/ }).click()
        await shopper.reads('Not paid yet')
        await shopper.button('Continue payment').click()
        await shopper.payAtCashier()
        await shopper.reads('Payment received')
        expect(await shopper.messages(/Server to Adyen, request: POST \/payments$/).count()).toBe(1)
        expect(await shopper.messages(/Adyen to WeChat, request: prepay order/).count()).toBe(1)
      },
    )

    test.for([
      { scenario: 'cancel refused', leave: 'cancelAtCashier', title: 'Payment declined' },
      { scenario: 'fail cancelled', leave: 'payAtCashier', title: 'Payment cancelled' },
      { scenario: 'fail refused', leave: 'payAtCashier', title: 'Payment declined' },
    ] as const)(
      'leaves the cashier unpaid, Adyen ends the attempt ($scenario), and a new one pays the order',
      async ({ scenario, leave, title }) => {
        const shopper = await stage.visit({ scenario })
        await shopper.checkOut()
        await shopper[leave]()
        await shopper.reads(title)
        await shopper.choose('Scenario', 'paid')
        await shopper.payAgain()
        await shopper.payAtCashier()
        await shopper.reads('Payment received')
        expect(await shopper.messages(/Mini Program to Server, request: POST \/orders/).count()).toBe(1)
        expect(await shopper.messages(/Server to Adyen, request: POST \/payments$/).count()).toBe(2)
      },
    )

    test('leaves the cashier unpaid and reads so in Chinese', async () => {
      const shopper = await stage.visit({ language: '中文', scenario: 'cancel pending' })
      await shopper.checkOut()
      await shopper.cancelAtCashier()
      await shopper.reads('尚未付款')
      await shopper.button('继续付款').click()
      await shopper.payAtCashier()
      await shopper.reads('支付成功')
    })

    test.for(['default sign type', 'other spelling'])(
      'pays with cashier parameters of %s',
      async (scenario) => {
        const shopper = await stage.visit({ scenario })
        await shopper.checkOut()
        await shopper.payAtCashier()
        await shopper.reads('Payment received')
      },
    )

    test('is declined, and pays again', async () => {
      const shopper = await stage.visit({ scenario: 'refused' })
      await shopper.checkOut()
      await shopper.payAtCashier()
      await shopper.reads('Payment declined')
      await shopper.choose('Scenario', 'paid')
      await shopper.payAgain()
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
    })

    test('reads of an error although the cashier returned ok', async () => {
      const shopper = await stage.visit({ scenario: 'error' })
      await shopper.checkOut()
      await shopper.payAtCashier()
      await shopper.reads('Payment failed')
    })

    test('waits while the payment is pending, until the webhook arrives', async () => {
      const shopper = await stage.visit({ scenario: 'pending authorised' })
      await stage.loseWebhooks(true)
      await shopper.checkOut()
      await shopper.payAtCashier()
      await shopper.reads('Payment processing')
      await stage.loseWebhooks(false)
      await shopper.reads('Payment received')
    })

    test('whose app is killed after paying finds the order paid', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      await shopper.checkOut()
      await shopper.enterPassword()
      await shopper.press('Kill app')
      await shopper
        .messages(/Adyen to Server.*AUTHORISATION/)
        .first()
        .waitFor()
      await shopper.press('Reopen app')
      await shopper.reads('Payment received')
      await shopper.openTab('orders')
      await shopper.reads('Paid')
    })

    test('whose app is killed in the cashier pays the same attempt later', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      await shopper.checkOut()
      await shopper.cashier.waitFor()
      await shopper.press('Kill app')
      await shopper.press('Reopen app')
      await shopper.phone.getByRole('button', { name: /View payment/ }).click()
      await shopper.button('Continue payment').click()
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      expect(await shopper.messages(/Server to Adyen, request: POST \/payments$/).count()).toBe(1)
    })

    test('whose session ends during a payment is logged in again without noticing', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      await shopper.checkOut()
      await shopper.cashier.waitFor()
      await shopper.endSession(stage.stack.server.url)
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      expect(await shopper.messages(/Mini Program to Server, request: POST \/login/).count()).toBe(2)
      expect(await shopper.messages(/Server to Mini Program, answer: 401/).count()).toBe(1)
    })

    test('taps pay many times and opens one cashier', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      await shopper.addToCart()
      await shopper.openTab('cart')
      await shopper.button('WeChat Pay').click({ clickCount: 5 })
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      expect(await shopper.messages(/Mini Program to Server, request: POST \/payments$/).count()).toBe(1)
      expect(await shopper.messages(/wx\.requestPayment/).count()).toBe(1)
    })

    test.for([
      {
        when: 'while it logs in',
        isLoggedIn: false,
        step: /Mini Program to Server, request: POST \/login$/,
        goOn: async (shopper: Playground) => {
          await shopper.openTab('cart')
          await shopper.pay()
        },
      },
      {
        when: 'before the order is created',
        isLoggedIn: true,
        step: /Mini Program to Server, request: POST \/orders$/,
        goOn: async (shopper: Playground) => {
          await shopper.openTab('cart')
          await shopper.pay()
        },
      },
      {
        when: 'before the payment is started',
        isLoggedIn: true,
        step: /Mini Program to Server, request: POST \/payments$/,
        goOn: async (shopper: Playground) => {
          await shopper.phone.getByRole('button', { name: /View payment/ }).click()
          await shopper.button('Continue payment').click()
        },
      },
    ])('whose app is killed $when pays one order once', async ({ isLoggedIn, step, goOn }) => {
      const shopper = await stage.visit({ scenario: 'paid' })
      if (isLoggedIn) await shopper.logIn()
      await shopper.addToCart()
      await shopper.openTab('cart')
      await shopper.reads('¥128.00')
      await shopper.choose('Network', 'Slow (3 s)')
      await shopper.pay()
      await shopper.messages(step).first().waitFor()
      await shopper.press('Kill app')
      await shopper.choose('Network', 'Online')
      await shopper.press('Reopen app')
      await goOn(shopper)
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      expect(await shopper.messages(/Server to Adyen, request: POST \/payments$/).count()).toBe(1)
      await shopper.backHome()
      await shopper.openTab('orders')
      await shopper.reads('No more orders')
      expect(await shopper.phone.getByText('1 item').filter({ visible: true }).count()).toBe(1)
    })

    test('whose app is killed before the errMsg arrives finds the order paid', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      await shopper.checkOut()
      await shopper.enterPassword()
      await shopper.choose('Network', 'Slow (3 s)')
      await shopper.done()
      await shopper
        .messages(/Mini Program to Server, request: POST \/payments\/details/)
        .first()
        .waitFor()
      await shopper.press('Kill app')
      await shopper.choose('Network', 'Online')
      await shopper.press('Reopen app')
      await shopper.reads('Payment received')
    })

    test('whose app is killed on the result page reads the outcome after reopening it', async () => {
      const shopper = await stage.visit({ scenario: 'pending authorised' })
      await stage.loseWebhooks(true)
      await shopper.checkOut()
      await shopper.payAtCashier()
      await shopper.reads('Payment processing')
      await shopper.press('Kill app')
      await shopper.press('Reopen app')
      await shopper.reads('Payment processing')
      await shopper.openTab('orders')
      await shopper.reads('Confirming payment')
      await stage.loseWebhooks(false)
      await shopper.openTab('home')
      await shopper.reads('Payment received')
    })

    test('who is offline at the tap on pay reads so, and pays once when the network is back', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      await shopper.logIn()
      await shopper.addToCart()
      await shopper.openTab('cart')
      await shopper.reads('¥128.00')
      await shopper.choose('Network', 'Offline')
      await shopper.pay()
      await shopper.reads('No connection.')
      await shopper.choose('Network', 'Online')
      await shopper.pay()
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      expect(await shopper.messages(/Server to Adyen, request: POST \/payments$/).count()).toBe(1)
    })

    test('who goes offline between the order and the payment pays that order when the network is back', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      await shopper.logIn()
      await shopper.addToCart()
      await shopper.openTab('cart')
      await shopper.reads('¥128.00')
      let isLost = true
      await shopper.page.route('**/api/payments', (route) => (isLost ? route.abort() : route.continue()))
      await shopper.pay()
      await shopper.reads('No connection.')
      isLost = false
      await shopper.button('Pay now').click()
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      expect(await shopper.messages(/Mini Program to Server, request: POST \/orders$/).count()).toBe(1)
      expect(await shopper.messages(/Server to Adyen, request: POST \/payments$/).count()).toBe(1)
    })

    test('pays although every answer takes three seconds', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      await shopper.logIn()
      await shopper.choose('Network', 'Slow (3 s)')
      await shopper.checkOut()
      await shopper.reads('Paying…')
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      expect(await shopper.messages(/Mini Program to Server, request: POST \/payments$/).count()).toBe(1)
    })

    test('pays although a fifth of all requests is lost, and is charged once', async () => {
      const shopper = await stage.visit({ scenario: 'paid', seed: 20_261_124 })
      await shopper.choose('Network', '20 % lost')
      await shopper.checkOut()
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      const lost = shopper.messages(/Server to Mini Program, answer: .*CONNECTION_RESET/)
      expect(await lost.count()).toBeGreaterThan(0)
      expect(await shopper.messages(/Server to Adyen, request: POST \/payments$/).count()).toBe(1)
    })

    test('reads of a changed price, and pays only the one they confirm', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      // The phone shows an outdated price of 100 yuan.
      await shopper.page.route('**/api/products', async (route) => {
        const answer = await route.fetch()
        await route.fulfill({ response: answer, body: (await answer.text()).replace('12800', '10000') })
      })
      await shopper.checkOut()
      await shopper.reads('It was ¥100.00 and is now ¥128.00. Pay the new amount?')
      await shopper.answer('Pay')
      await shopper.cashier.getByText('¥128.00').waitFor()
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
    })

    test('cancels an order they did not pay', async () => {
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

    test('requests a refund, and follows it until the money is returned', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      await shopper.checkOut()
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      await shopper.viewOrder()
      await shopper.button('Request a refund').click()
      await shopper.answer('Yes')
      await shopper.reads('You requested a refund')
      await stage.refund(await shopper.paymentId(), 12_800)
      await shopper.reads('Your money was returned to your payment method.')
    })

    test('whose refund is declined reads why, without touching the page', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      await shopper.checkOut()
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      await shopper.viewOrder()
      await shopper.button('Request a refund').click()
      await shopper.answer('Yes')
      await shopper.reads('The shop will decide on your request.')
      const [order] = await shopper.orders(stage.stack.server.url)
      await stage.declineRefund(order?.id ?? '', 'The tea was opened.')
      await shopper.reads('Refund declined')
      await shopper.reads('The tea was opened.')
    })

    test('whose money arrives after they cancelled reads so by itself, and no page says it was not taken', async () => {
      const shopper = await stage.visit({ scenario: 'late authorisation' })
      await shopper.checkOut()
      await shopper.cancelAtCashier()
      await shopper.reads('Payment received')
      expect(await shopper.button('Pay again').count()).toBe(0)
    })

    test('reads the amount and that it is confirming in the moment the cashier closes', async () => {
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

    test('finds the payment in question on top before any answer, and nothing jumps when they come', async () => {
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

    test('finds the cart empty in the moment they return from a payment, with no live pay button', async () => {
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

    test('does not pay another total, and leaves no order behind', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      await shopper.logIn()
      // The phone shows an outdated price of 100 yuan.
      await shopper.page.route('**/api/products', async (route) => {
        const answer = await route.fetch()
        await route.fulfill({ response: answer, body: (await answer.text()).replace('12800', '10000') })
      })
      await shopper.press('Kill app')
      await shopper.press('Reopen app')
      await shopper.addToCart()
      await shopper.openTab('cart')
      await shopper.reads('¥100.00')
      await shopper.page.unroute('**/api/products')
      await shopper.pay()
      await shopper.reads('It was ¥100.00 and is now ¥128.00. Pay the new amount?')
      await shopper.answer('No')
      await shopper.reads('Total · 1 item')
      await shopper.reads('¥128.00')
      expect(await shopper.orders(stage.stack.server.url)).toEqual([])
    })

    test('whose order ends while its page is open reads so by itself', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      await shopper.checkOut()
      await shopper.cancelAtCashier()
      await shopper.reads('Payment cancelled')
      const [order] = await shopper.orders(stage.stack.server.url)
      // Its time is almost over.
      await shopper.page.route(/\/api\/orders\/ord_\w+$/, async (route) => {
        const answer = await route.fetch()
        await route.fulfill({ response: answer, json: { ...(await answer.json()), leftMs: 1 } })
      })
      await shopper.viewOrder()
      await shopper.reads('Awaiting payment')
      await shopper.send(stage.stack.server.url, `/orders/${order?.id}/cancel`, {})
      await shopper.page.unroute(/\/api\/orders\/ord_\w+$/)
      await shopper.reads('Cancelled by you')
      expect(await shopper.button('Pay again').count()).toBe(0)
      await shopper.button('Buy again').click()
      await shopper.reads('Total · 1 item')
    })

    test('keeps their place in the orders when they come back from one', async () => {
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

    test('who is offline while paying reads the outcome once the network is back', async () => {
      const shopper = await stage.visit({ scenario: 'paid' })
      await shopper.checkOut()
      await shopper.enterPassword()
      await shopper.choose('Network', 'Offline')
      await shopper.done()
      await shopper.reads('Confirming your payment')
      await shopper.choose('Network', 'Online')
      await shopper.reads('Payment received')
    })
  },
)
