import type { Locator } from 'playwright-core'
import { expect } from 'vitest'
import { describeInBrowser, test } from './fixtures.ts'
import type { Playground } from './playground.ts'

/** Where an element is on the phone's screen, in its pixels. */
function boxOf(element: Locator) {
  return element.evaluate((each) => {
    const { left, top, bottom, height } = each.getBoundingClientRect()
    return { left, top, bottom, height }
  })
}

/**
 * Leaves the shopper at the cart of a phone that knows an outdated price of 100 yuan, however often it asks. Returns what
 * lets it read the price of today from then on.
 */
async function showOutdatedPrice(shopper: Playground): Promise<() => void> {
  let price = '10000'
  await shopper.page.route('**/api/products', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: (await answer.text()).replace('12800', price) })
  })
  // It has asked before.
  await shopper.press('Kill app')
  await shopper.press('Reopen app')
  await shopper.addToCart()
  await shopper.openTab('cart')
  await shopper.reads('¥100.00')
  return () => {
    price = '12800'
  }
}

describeInBrowser('A shopper who pays in the playground', () => {
  test('pays, and the order is paid', async ({ stage }) => {
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
    expect(await shopper.messages(/Mini Program to Server, request: POST \/payments\/details/).count()).toBe(
      1,
    )
    // The answer to the details is the outcome.
    expect(await shopper.messages(/Mini Program to Server, request: GET \/payments/).count()).toBe(0)
  })

  test('pays in Chinese', async ({ stage }) => {
    const shopper = await stage.visit({ language: '中文' })
    await shopper.checkOut()
    await shopper.payAtCashier()
    await shopper.reads('支付成功')
  })

  test('cancels, pays the same order in one tap, and it is paid once', async ({ stage }) => {
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
    async ({ scenario, leave }, { stage }) => {
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
    async ({ scenario, leave, title }, { stage }) => {
      const shopper = await stage.visit({ scenario })
      await shopper.checkOut()
      await shopper[leave]()
      await shopper.reads(title)
      await shopper.chooseScenario('paid')
      await shopper.payAgain()
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      expect(await shopper.messages(/Mini Program to Server, request: POST \/orders/).count()).toBe(1)
      expect(await shopper.messages(/Server to Adyen, request: POST \/payments$/).count()).toBe(2)
    },
  )

  test('leaves the cashier unpaid and reads so in Chinese', async ({ stage }) => {
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
    async (scenario, { stage }) => {
      const shopper = await stage.visit({ scenario })
      await shopper.checkOut()
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
    },
  )

  test('is declined, and pays again', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'refused' })
    await shopper.checkOut()
    await shopper.payAtCashier()
    await shopper.reads('Payment declined')
    await shopper.chooseScenario('paid')
    await shopper.payAgain()
    await shopper.payAtCashier()
    await shopper.reads('Payment received')
  })

  test('reads of an error although the cashier returned ok', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'error' })
    await shopper.checkOut()
    await shopper.payAtCashier()
    await shopper.reads('Payment failed')
  })

  test('waits while the payment is pending, until the webhook arrives', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'pending authorised' })
    await stage.loseWebhooks(true)
    await shopper.checkOut()
    await shopper.payAtCashier()
    await shopper.reads('Payment processing')
    await stage.loseWebhooks(false)
    await shopper.reads('Payment received')
  })

  test('whose session ends during a payment is logged in again without noticing', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.checkOut()
    await shopper.cashier.waitFor()
    await shopper.endSession(stage.stack.server.url)
    await shopper.payAtCashier()
    await shopper.reads('Payment received')
    expect(await shopper.messages(/Mini Program to Server, request: POST \/login/).count()).toBe(2)
    expect(await shopper.messages(/Server to Mini Program, answer: 401/).count()).toBe(1)
  })

  test('whose phone is full reads so at the first tap on +, and the cart stays as it was', async ({
    stage,
  }) => {
    const shopper = await stage.visit()
    await shopper.fillStorage()
    await shopper.addToCart()
    await shopper.reads('Your phone is out of storage.')
    await shopper.openTab('cart')
    await shopper.reads('Your cart is empty')
  })

  test('in large text on a narrow phone: + stays under the finger, and nothing covers the page', async ({
    stage,
  }) => {
    const shopper = await stage.visit({ screen: '320x568', textScale: 1.5 })
    const { phone } = shopper
    const add = phone.getByRole('button', { name: /^Add one: / }).first()
    const before = await boxOf(add)
    await add.click()
    await phone
      .getByRole('button', { name: /^Remove/ })
      .first()
      .waitFor()
    expect(await boxOf(add)).toEqual(before)

    await shopper.openTab('cart')
    await shopper.reads('Total · 1 item')
    const pay = shopper.button('WeChat Pay').getByText('WeChat Pay')
    const lineHeight = await pay.evaluate((text) => Number.parseFloat(getComputedStyle(text).lineHeight))
    expect((await boxOf(pay)).height).toBeLessThan(1.5 * lineHeight)
    await shopper.chooseNetwork('Slow (3 s)')
    await shopper.pay()
    const busy = shopper.button('Paying…')
    await busy.waitFor()
    expect(await busy.evaluate((button) => getComputedStyle(button).opacity)).toBe('1')
    await shopper.reads('This is taking a while. Please wait.')
    await shopper.chooseNetwork('Online')
    await shopper.cashier.waitFor()

    await shopper.press('Kill app')
    await shopper.press('Reopen app')
    const pending = phone.getByRole('button', { name: /View payment/ })
    await pending.waitFor()
    await shopper.reads('In stock')
    await phone
      .getByRole('button', { name: /^Add one: / })
      .last()
      .scrollIntoViewIfNeeded()
    expect((await boxOf(pending)).bottom).toBeLessThan(0)
  })

  test('taps pay many times and opens one cashier', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.addToCart()
    await shopper.openTab('cart')
    await shopper.button('WeChat Pay').click({ clickCount: 5 })
    await shopper.payAtCashier()
    await shopper.reads('Payment received')
    expect(await shopper.messages(/Mini Program to Server, request: POST \/payments$/).count()).toBe(1)
    expect(await shopper.messages(/wx\.requestPayment/).count()).toBe(1)
  })

  test('reads of a changed price, and pays only the one they confirm', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await showOutdatedPrice(shopper)
    await shopper.pay()
    await shopper.reads('It was ¥100.00 and is now ¥128.00. Pay the new amount?')
    await shopper.answer('Pay')
    await shopper.cashier.getByText('¥128.00').waitFor()
    await shopper.payAtCashier()
    await shopper.reads('Payment received')
  })

  test('does not pay another total, and leaves no order behind', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.logIn()
    const correct = await showOutdatedPrice(shopper)
    await shopper.pay()
    await shopper.reads('It was ¥100.00 and is now ¥128.00. Pay the new amount?')
    correct()
    await shopper.answer('No')
    await shopper.reads('Total · 1 item')
    await shopper.reads('¥128.00')
    expect(await shopper.orders(stage.stack.server.url)).toEqual([])
  })
})
