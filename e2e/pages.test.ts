import { expect } from 'vitest'
import { barriers } from './audit.ts'
import { type Look, looks, pictureFile, pictureName } from './looks.ts'
import { describeInBrowser, test } from './fixtures.ts'
import type { Language, Playground } from './playground.ts'
import type { Stage, VisitOptions } from './stage.ts'

const few: readonly Look[] = [
  { language: 'English', theme: 'Dark', screen: '430x932', textScale: 1.5 },
  { language: '中文', theme: 'Light', screen: '320x568', textScale: 2 },
]

/** A text of each page and state, by language. */
const texts = {
  English: {
    home: 'In stock',
    noOrders: 'No orders yet',
    emptyCart: 'Browse the shop',
    total: /Total/,
    cancelled: 'Payment cancelled',
    paid: 'Payment received',
    refused: 'Payment declined',
    processing: 'Payment processing',
    order: 'Progress',
    offline: 'No connection.',
  },
  中文: {
    home: '有货',
    noOrders: '暂无订单',
    emptyCart: '去逛逛',
    total: /合计/,
    cancelled: '支付已取消',
    paid: '支付成功',
    refused: '支付失败',
    processing: '支付处理中',
    order: '订单进度',
    offline: '网络连接失败',
  },
} as const satisfies Record<Language, object>

describeInBrowser('Every page', () => {
  const errors: string[] = []

  async function visit(stage: Stage, options: VisitOptions): Promise<Playground> {
    const shopper = await stage.visit(options)
    shopper.page.on('pageerror', (error) => errors.push(error.message))
    shopper.page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    return shopper
  }

  test('and the playground around them, as the README shows it', async ({ stage }) => {
    const shopper = await visit(stage, { size: { width: 1200, height: 780 } })
    await shopper.checkOut(2)
    await shopper.payAtCashier()
    await shopper.reads('Payment received')
    await shopper
      .messages(/Server to Adyen, webhook answer/)
      .first()
      .waitFor()
    await shopper.page.screenshot({ path: pictureFile('playground'), scale: 'css' })
    await shopper.messages(/Server to Adyen, request: POST \/payments$/).click()
    const details = shopper.page.getByRole('region', { name: 'Message details' })
    await details.getByText('wechatpayMiniProgram').first().waitFor()
    await shopper.page.screenshot({ path: pictureFile('playground-details'), scale: 'css' })
    expect(await details.textContent()).not.toContain('AQE-simulator-api-key')
    expect(errors).toEqual([])
  })

  test.for(looks(few))(
    'is shown without an error or a barrier, in $language, $theme, $screen, text $textScale',
    { timeout: 180_000 },
    async (look, { stage }) => {
      const { language, theme, screen, textScale } = look
      const text = texts[language]
      // Without webhooks, what is pending stays pending.
      await stage.loseWebhooks(true)
      const shopper = await visit(stage, {
        language,
        theme,
        screen,
        textScale,
        size: { width: 1400, height: 1040 },
      })
      const found: string[] = []
      const picture = (page: string) =>
        shopper.page.locator('.phone').screenshot({ path: pictureFile(pictureName(look, page)) })
      /** Waits for the page, takes a screenshot, and collects its barriers. */
      const see = async (page: string, shown: string | RegExp): Promise<void> => {
        await shopper.reads(shown)
        await picture(page)
        found.push(...(await barriers(shopper.page)).map((barrier) => `${page}: ${barrier}`))
      }

      await see('home', text.home)
      await shopper.openTab('cart')
      await see('cart-empty', text.emptyCart)
      await shopper.openTab('orders')
      await see('orders-empty', text.noOrders)
      await shopper.openTab('home')
      await shopper.addToCart(1)
      await shopper.addToCart(3)
      await shopper.openTab('cart')
      await see('cart', text.total)
      await shopper.pay()
      await shopper.cashier.waitFor()
      await picture('cashier')
      await shopper.cancelAtCashier()
      await see('result-cancelled', text.cancelled)
      await shopper.viewOrder()
      await see('order-open', text.order)
      await shopper.back()

      await shopper.openTab('home')
      for (const [scenario, page] of [
        ['paid', 'paid'],
        ['refused', 'refused'],
        ['pending refused', 'processing'],
      ] as const) {
        await shopper.chooseScenario(scenario)
        await shopper.checkOut(0)
        await shopper.payAtCashier()
        await see(`result-${page}`, text[page])
        if (page === 'paid') {
          await shopper.viewOrder()
          await see('order-paid', text.order)
          await shopper.back()
          await shopper.openTab('home')
        } else await shopper.backHome()
      }
      await shopper.openTab('orders')
      await see('orders', '¥128.00')
      await shopper.chooseNetwork('Offline')
      await shopper.press('Kill app')
      await shopper.press('Reopen app')
      await see('home-offline', text.offline)
      expect(found).toEqual([])
      expect(errors).toEqual([])
    },
  )
})
