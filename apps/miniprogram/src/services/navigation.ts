import { formatAmount, type Amount } from '@tael/contracts'
import { problemCodeOf } from '@tael/miniprogram-pay/shop'
import { confirm } from './confirm.ts'
import { texts } from './language.ts'
import { tabPages } from './tab-pages.ts'

/** A parameter of a page's address, which WeChat does not decode. */
export function decodeQuery(value = ''): string {
  return decodeURIComponent(value)
}

/** Opens a page above a tab, but in place of any other page, which would be stale on Back. */
async function open(url: string): Promise<void> {
  const current = getCurrentPages()[getCurrentPages().length - 1]?.route ?? ''
  await (tabPages.includes(current) ? wx.navigateTo({ url }) : wx.redirectTo({ url }))
}

export function openResult(paymentId: string): Promise<void> {
  return open(`/pages/result/result?id=${encodeURIComponent(paymentId)}`)
}

/** Opens the order's page. With an error, that page shows why no payment was started. */
export function openOrder(orderId: string, error?: unknown): Promise<void> {
  const problem = error === undefined ? '' : `&problem=${problemCodeOf(error)}`
  return open(`/pages/order/order?id=${encodeURIComponent(orderId)}${problem}`)
}

export function openCart(): Promise<WechatMiniprogram.GeneralCallbackResult> {
  return wx.switchTab({ url: '/pages/cart/cart' })
}

export function openHome(): Promise<WechatMiniprogram.GeneralCallbackResult> {
  return wx.switchTab({ url: '/pages/home/home' })
}

/** Asks whether the shopper pays the new total, which differs from the one shown. */
export function confirmNewAmount(shown: Amount, changed: Amount): Promise<boolean> {
  const { phrases, payment } = texts()
  return confirm({
    title: payment.amountChanged,
    text: phrases.amountChanged(formatAmount(shown), formatAmount(changed)),
    yes: payment.confirm,
    no: payment.decline,
  })
}
