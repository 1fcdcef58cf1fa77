import { fileURLToPath } from 'node:url'
import { missingBrowser } from '@tael/stack/browser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Language, openStage, type Playground, type Stage, type VisitOptions } from './stage.ts'

const missing = missingBrowser()
const folder = fileURLToPath(new URL('./screenshots/', import.meta.url))

/** Titles of the result page, by how the payment ended. */
const results: Record<Language, Record<string, string>> = {
  English: {
    paid: 'Payment received',
    refused: 'Payment not accepted',
    error: 'Payment not completed',
    'pending refused': 'Payment is processing',
  },
  中文: { paid: '支付成功', refused: '支付未通过', error: '支付未成功', 'pending refused': '支付处理中' },
}
const empty: Record<Language, { cart: string; cancelled: string }> = {
  English: { cart: 'Browse the shop', cancelled: 'Payment cancelled' },
  中文: { cart: '去逛逛', cancelled: '支付已取消' },
}

/** Keeps a picture of the phone for people to look at. */
async function picture(shopper: Playground, name: string): Promise<void> {
  await shopper.page.getByRole('region', { name: 'Phone' }).screenshot({ path: `${folder}${name}.png` })
}

describe.skipIf(missing)(`Every page${missing === undefined ? '' : `, skipped: ${missing}`}`, () => {
  let stage: Stage
  const errors: string[] = []
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage.close())

  async function visit(options: VisitOptions): Promise<Playground> {
    const shopper = await stage.visit(options)
    shopper.page.on('pageerror', (error) => errors.push(error.message))
    shopper.page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    return shopper
  }

  test.each([
    { language: 'English', theme: 'Light' },
    { language: 'English', theme: 'Dark' },
    { language: '中文', theme: 'Light' },
    { language: '中文', theme: 'Dark' },
  ] as const)('is shown in $language, $theme, without an error', async ({ language, theme }) => {
    const named = (page: string): string =>
      `${language === 'English' ? 'en' : 'zh'}-${theme.toLowerCase()}-${page}`
    const shopper = await visit({ language, theme })
    await picture(shopper, named('home'))
    await shopper.openTab('cart')
    await shopper.reads(empty[language].cart)
    await picture(shopper, named('cart-empty'))
    await shopper.openTab('home')
    await shopper.addToCart(1)
    await shopper.checkOut(3)
    await shopper.cashier.waitFor()
    await picture(shopper, named('cashier'))
    await shopper.cancelAtCashier()
    await shopper.reads(empty[language].cancelled)
    await picture(shopper, named('result-cancelled'))

    for (const [scenario, title] of Object.entries(results[language])) {
      await shopper.choose('Scenario', scenario)
      await (scenario === 'paid' ? shopper.payAgain() : shopper.checkOut(0))
      await shopper.payAtCashier()
      await shopper.reads(title)
      await picture(shopper, named(`result-${scenario.replaceAll(' ', '-')}`))
      if (scenario === 'paid') {
        await shopper.viewOrder()
        await shopper.reads('¥354.00')
        await picture(shopper, named('order'))
        await shopper.back()
        await shopper.openTab('home')
      } else await shopper.backHome()
    }
    await shopper.openTab('orders')
    await shopper.reads('¥354.00')
    await picture(shopper, named('orders'))
    expect(errors).toEqual([])
  })

  test('and the playground around it, as the README shows it', async () => {
    const shopper = await visit({ size: { width: 1200, height: 780 } })
    await shopper.checkOut(2)
    await shopper.payAtCashier()
    await shopper.reads('Payment received')
    await shopper
      .messages(/Server to Adyen, webhook answer/)
      .first()
      .waitFor()
    await shopper.page.screenshot({ path: `${folder}playground.png`, scale: 'css' })
    await shopper.messages(/Server to Adyen, request: POST \/payments$/).click()
    const details = shopper.page.getByRole('region', { name: 'Message details' })
    await details.getByText('wechatpayMiniProgram').first().waitFor()
    await shopper.page.screenshot({ path: `${folder}playground-details.png`, scale: 'css' })
    expect(await details.textContent()).not.toContain('AQE-simulator-api-key')
    expect(errors).toEqual([])
  })
})
