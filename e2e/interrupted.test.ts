import { expect } from 'vitest'
import { describeInBrowser, test } from './fixtures.ts'
import type { Playground } from './playground.ts'

async function payTheCart(shopper: Playground): Promise<void> {
  await shopper.openTab('cart')
  await shopper.pay()
}

describeInBrowser('A shopper who is interrupted', () => {
  test('whose app is killed after paying finds the order paid', async ({ stage }) => {
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

  test('whose app is killed in the cashier pays the same attempt later', async ({ stage }) => {
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

  test.for([
    {
      when: 'while it logs in',
      isLoggedIn: false,
      step: /Mini Program to Server, request: POST \/login$/,
      goOn: payTheCart,
    },
    {
      when: 'before the order is created',
      isLoggedIn: true,
      step: /Mini Program to Server, request: POST \/orders$/,
      goOn: payTheCart,
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
  ])('whose app is killed $when pays one order once', async ({ isLoggedIn, step, goOn }, { stage }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    if (isLoggedIn) await shopper.logIn()
    await shopper.addToCart()
    await shopper.openTab('cart')
    await shopper.reads('¥128.00')
    await shopper.chooseNetwork('Slow (3 s)')
    await shopper.pay()
    await shopper.messages(step).first().waitFor()
    await shopper.press('Kill app')
    await shopper.chooseNetwork('Online')
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

  test('whose app is killed before the errMsg arrives finds the order paid', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.checkOut()
    await shopper.enterPassword()
    await shopper.chooseNetwork('Slow (3 s)')
    await shopper.done()
    await shopper
      .messages(/Mini Program to Server, request: POST \/payments\/details/)
      .first()
      .waitFor()
    await shopper.press('Kill app')
    await shopper.chooseNetwork('Online')
    await shopper.press('Reopen app')
    await shopper.reads('Payment received')
  })

  test('whose app is killed on the result page reads the outcome after reopening it', async ({ stage }) => {
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

  test('who is offline at the tap on pay reads so, and pays once when the network is back', async ({
    stage,
  }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.logIn()
    await shopper.addToCart()
    await shopper.openTab('cart')
    await shopper.reads('¥128.00')
    await shopper.chooseNetwork('Offline')
    await shopper.pay()
    await shopper.reads('No connection.')
    await shopper.chooseNetwork('Online')
    await shopper.pay()
    await shopper.payAtCashier()
    await shopper.reads('Payment received')
    expect(await shopper.messages(/Server to Adyen, request: POST \/payments$/).count()).toBe(1)
  })

  test('who goes offline between the order and the payment pays that order when the network is back', async ({
    stage,
  }) => {
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

  test('pays although every answer takes three seconds', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.logIn()
    await shopper.chooseNetwork('Slow (3 s)')
    await shopper.checkOut()
    await shopper.reads('Paying…')
    await shopper.payAtCashier()
    await shopper.reads('Payment received')
    expect(await shopper.messages(/Mini Program to Server, request: POST \/payments$/).count()).toBe(1)
  })

  test('pays although a fifth of all requests is lost, and is charged once', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'paid', seed: 20_261_124 })
    await shopper.chooseNetwork('20 % lost')
    await shopper.checkOut()
    await shopper.payAtCashier()
    await shopper.reads('Payment received')
    const lost = shopper.messages(/Server to Mini Program, answer: .*CONNECTION_RESET/)
    expect(await lost.count()).toBeGreaterThan(0)
    expect(await shopper.messages(/Server to Adyen, request: POST \/payments$/).count()).toBe(1)
  })

  test('who is offline while paying reads the outcome once the network is back', async ({ stage }) => {
    const shopper = await stage.visit({ scenario: 'paid' })
    await shopper.checkOut()
    await shopper.enterPassword()
    await shopper.chooseNetwork('Offline')
    await shopper.done()
    await shopper.reads('Confirming your payment')
    await shopper.chooseNetwork('Online')
    await shopper.reads('Payment received')
  })
})
