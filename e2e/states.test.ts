import type { Static, TSchema } from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { Order, outcomeOf, Payment, ProductList, type Refund } from '@tael/contracts'
import { expect } from 'vitest'
import { barriers } from './audit.ts'
import { type Look, looks, pictureFile, pictureName } from './looks.ts'
import { describeInBrowser, test } from './fixtures.ts'
import type { Playground } from './playground.ts'

/** Later than the order and its payment. */
const AT = new Date(Date.now() + 600_000).toISOString()

const few: readonly Look[] = [{ language: '中文', theme: 'Dark', screen: '320x568', textScale: 1 }]

const texts = {
  English: {
    error: 'Payment failed',
    expired: 'Payment timed out',
    surplus: 'Refund on its way',
    orderCancelled: 'Order cancelled',
    confirming: 'Confirming your payment',
    received: 'Payment received',
    order: {
      expired: 'Closed',
      cancelled: 'Cancelled',
      shipped: 'Shipped',
      refund_requested: 'Refund requested',
      refund_declined: 'Refund declined',
      refunding: 'Refund in progress',
      partly_refunded: 'Partly refunded',
      refunded: 'Refunded',
      refund_failed: 'Refund failed',
      surplus_refund: 'The order was already paid or closed.',
      confirming: 'Confirming payment',
    },
    viewPayment: 'View payment',
    onePiece: '1 item',
    tooMany: 'Only 1 left',
    offline: 'No connection.',
    nothing: 'Nothing on sale right now',
    reload: 'Reload',
    goods: 'In stock',
    refund: { request: 'Request a refund', no: 'No' },
  },
  中文: {
    error: '支付失败',
    expired: '支付超时',
    surplus: '款项将退回',
    orderCancelled: '订单已取消',
    confirming: '正在确认支付结果',
    received: '支付成功',
    order: {
      expired: '已关闭',
      cancelled: '已取消',
      shipped: '已发货',
      refund_requested: '已申请退款',
      refund_declined: '退款未通过',
      refunding: '退款中',
      partly_refunded: '已部分退款',
      refunded: '已退款',
      refund_failed: '退款失败',
      surplus_refund: '款项到账时，订单已付款或已关闭。',
      confirming: '支付确认中',
    },
    viewPayment: '查看支付详情',
    onePiece: '共 1 件',
    tooMany: '仅剩 1 件',
    offline: '网络连接失败',
    nothing: '暂无商品',
    reload: '重新加载',
    goods: '有货',
    refund: { request: '申请退款', no: '再想想' },
  },
} as const

const orderStates = [
  'expired',
  'cancelled',
  'shipped',
  'refund_requested',
  'refund_declined',
  'refunding',
  'partly_refunded',
  'refunded',
  'refund_failed',
  'surplus_refund',
  'confirming',
] as const

function refundOf(order: Order, status: Refund['status'], share = 1, reason: Refund['reason'] = 'merchant') {
  const amount = { ...order.amount, value: order.amount.value * share }
  return { refunds: [{ id: 'rf_1', amount, reason, status, createdAt: AT, updatedAt: AT }] }
}

/** The changes that put a paid order into each state. */
const variants: Readonly<Record<(typeof orderStates)[number], (order: Order) => Partial<Order>>> = {
  expired: () => ({ status: 'expired', leftMs: null, payment: null, paidAt: null }),
  cancelled: () => ({ status: 'cancelled', payment: null, paidAt: null, cancelledAt: AT }),
  shipped: () => ({ shipment: { at: AT, carrier: '顺丰速运', trackingNo: 'SF1234567890123' } }),
  refund_requested: () => ({ refundRequestedAt: AT }),
  refund_declined: () => ({
    refundRequestedAt: AT,
    refundDecline: { at: AT, reason: '茶叶已拆封，无法退款。' },
  }),
  refunding: (order) => refundOf(order, 'received'),
  partly_refunded: (order) => refundOf(order, 'refunded', 0.5),
  refunded: (order) => refundOf(order, 'refunded'),
  refund_failed: (order) => refundOf(order, 'failed'),
  surplus_refund: (order) => refundOf(order, 'received', 1, 'surplus'),
  confirming: (order) => ({
    status: 'open',
    leftMs: 1_740_000,
    paidAt: null,
    payment: order.payment && {
      ...order.payment,
      status: 'processing',
      outcome: outcomeOf('processing', { surplus: false, order: 'open' }),
    },
  }),
}

/** The changes that give an attempt each outcome. */
const ends: Readonly<
  Record<'error' | 'expired' | 'surplus' | 'orderCancelled', Pick<Payment, 'status' | 'outcome'>>
> = {
  error: { status: 'error', outcome: outcomeOf('error', { surplus: false, order: 'open' }) },
  expired: { status: 'expired', outcome: outcomeOf('expired', { surplus: false, order: 'open' }) },
  surplus: { status: 'authorised', outcome: outcomeOf('authorised', { surplus: true, order: 'paid' }) },
  orderCancelled: {
    status: 'cancelled',
    outcome: outcomeOf('cancelled', { surplus: false, order: 'cancelled' }),
  },
}

/** Changes the server's answers at this address. Returns what ends that. */
async function rewrite<S extends TSchema>(
  { page }: Playground,
  address: RegExp,
  schema: S,
  change: (answer: Static<S>) => object,
): Promise<() => Promise<void>> {
  let isOver = false
  await page.route(address, async (route) => {
    try {
      const response = await route.fetch()
      await route.fulfill({ response, json: change(Parse(schema, await response.json())) })
    } catch (error) {
      // A request still under way belongs to a page that has closed.
      if (!isOver) throw error
    }
  })
  return async () => {
    isOver = true
    await page.unroute(address)
  }
}

describeInBrowser('Rare states', () => {
  test.for(looks(few))(
    'have no barrier in $language, $theme, $screen, text $textScale',
    { timeout: 240_000 },
    async (look, { stage }) => {
      const { language, theme, screen, textScale } = look
      const text = texts[language]
      const shopper = await stage.visit({
        language,
        theme,
        screen,
        textScale,
        size: { width: 1400, height: 1040 },
      })
      const found: string[] = []
      const picture = (page: string) =>
        shopper.page.locator('.phone').screenshot({ path: pictureFile(`rare-${pictureName(look, page)}`) })
      const see = async (page: string, shown: string | RegExp): Promise<void> => {
        await shopper.reads(shown)
        await picture(page)
        found.push(...(await barriers(shopper.page)).map((barrier) => `${page}: ${barrier}`))
      }

      for (const end of ['error', 'expired', 'surplus', 'orderCancelled'] as const) {
        const asIs = await rewrite(
          shopper,
          /\/api\/payments\/(details|pay_\w+)(\?.*)?$/,
          Payment,
          (payment) => ({
            ...payment,
            ...ends[end],
          }),
        )
        await shopper.checkOut()
        await shopper.payAtCashier()
        await see(`result-${end}`, text[end])
        await shopper.backHome()
        await asIs()
      }

      await shopper.checkOut()
      await shopper.enterPassword()
      await shopper.chooseNetwork('Offline')
      await shopper.done()
      await see('result-confirming', text.confirming)
      await shopper.backHome()
      await see('home-pending', text.viewPayment)
      await shopper.chooseNetwork('Online')
      await shopper.phone.getByRole('button', { name: text.viewPayment }).click()
      await shopper.reads(text.received)

      await shopper.backHome()
      const openOrder = () => shopper.phone.getByRole('button', { name: text.onePiece }).first().click()
      await shopper.openTab('orders')
      await openOrder()
      await shopper.button(text.refund.request).click()
      await shopper.phone.getByRole('dialog').waitFor()
      await picture('order-dialog')
      await shopper.answer(text.refund.no)
      for (const state of orderStates) {
        const asIs = await rewrite(shopper, /\/api\/orders\/ord_\w+$/, Order, (order) => ({
          ...order,
          ...variants[state](order),
        }))
        await shopper.back()
        await openOrder()
        await see(`order-${state}`, text.order[state])
        await asIs()
      }
      await shopper.back()
      await shopper.openTab('home')

      let asIs = await rewrite(shopper, /\/api\/products$/, ProductList, ({ products }) => ({
        products: products.map((product) => ({ ...product, available: 1 })),
      }))
      await shopper.addToCart(1)
      await shopper.addToCart(1)
      await shopper.openTab('cart')
      await see('cart-too-many', text.tooMany)
      await asIs()
      asIs = await rewrite(shopper, /\/api\/products$/, ProductList, () => ({ products: [] }))
      await shopper.press('Kill app')
      await shopper.press('Reopen app')
      await see('home-nothing', text.nothing)
      await asIs()
      await shopper.button(text.reload).click()
      await shopper.reads(text.goods)

      await shopper.chooseNetwork('Offline')
      for (const tab of ['cart', 'orders'] as const) {
        await shopper.openTab(tab)
        await see(`${tab}-offline`, text.offline)
      }
      await shopper.chooseNetwork('Slow (3 s)')
      await shopper.press('Kill app')
      await shopper.press('Reopen app')
      for (const tab of ['home', 'orders'] as const) {
        await shopper.openTab(tab)
        await shopper.phone.locator('.skeleton-tile').first().waitFor()
        await picture(`${tab}-loading`)
      }
      expect(found).toEqual([])
    },
  )
})
