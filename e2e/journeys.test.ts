import { missingBrowser } from '@tael/stack/browser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStage, type Stage } from './stage.ts'

const missing = missingBrowser()

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

    test('is refused, and may try again', async () => {
      const shopper = await stage.visit({ scenario: 'refused' })
      await shopper.checkOut()
      await shopper.payAtCashier()
      await shopper.reads('Payment not accepted')
      await shopper.choose('Scenario', 'paid')
      await shopper.payAgain()
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
    })

    test('is told of an error although the cashier said ok', async () => {
      const shopper = await stage.visit({ scenario: 'error' })
      await shopper.checkOut()
      await shopper.payAtCashier()
      await shopper.reads('Payment not completed')
    })

    test('waits while the payment is pending, and hears of the webhook', async () => {
      const shopper = await stage.visit({ scenario: 'pending authorised' })
      await shopper.checkOut()
      await shopper.payAtCashier()
      await shopper.reads('Payment is processing')
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

    test('whose session ended mid-way is logged in again and notices nothing', async () => {
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
      await shopper.button('Pay with WeChat Pay').click({ clickCount: 5 })
      await shopper.payAtCashier()
      await shopper.reads('Payment received')
      expect(await shopper.messages(/Mini Program to Server, request: POST \/payments$/).count()).toBe(1)
      expect(await shopper.messages(/wx\.requestPayment/).count()).toBe(1)
    })

    test('who is offline while paying is told the truth once the network is back', async () => {
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
