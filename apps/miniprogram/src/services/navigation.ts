import { formatAmount, type Amount } from '@tael/contracts'
import { messages } from '../texts/index.ts'
import { ask } from './ask.ts'
import { problemCodeOf } from './errors.ts'

const tabs = ['home', 'cart', 'orders'].map((name) => `pages/${name}/${name}`)

/** What a page finds in its address. WeChat hands the query over as it was written. */
export function fromQuery(value = ''): string {
  return decodeURIComponent(value)
}

/** Opens a page that is no tab: above a tab, and in the place of any other page, so that Back never shows a stale one. */
async function open(url: string): Promise<void> {
  const current = getCurrentPages()[getCurrentPages().length - 1]?.route ?? ''
  await (tabs.includes(current) ? wx.navigateTo({ url }) : wx.redirectTo({ url }))
}

export function openResult(paymentId: string): Promise<void> {
  return open(`/pages/result/result?id=${encodeURIComponent(paymentId)}`)
}

/** The order's page; with an error, it says why its payment could not be started. */
export function openOrder(orderId: string, error?: unknown): Promise<void> {
  const problem = error === undefined ? '' : `&problem=${problemCodeOf(error)}`
  return open(`/pages/order/order?id=${encodeURIComponent(orderId)}${problem}`)
}

export function openHome(): Promise<WechatMiniprogram.GeneralCallbackResult> {
  return wx.switchTab({ url: '/pages/home/home' })
}

/** Tells that the price is another than the one shown; true where the shopper wants to pay the new one. */
export function confirmNewAmount(shown: Amount, changed: Amount): Promise<boolean> {
  const { phrases, payment } = messages()
  return ask({
    title: payment.amountChanged,
    text: phrases.amountChanged(formatAmount(shown), formatAmount(changed)),
    yes: payment.confirm,
    no: payment.decline,
  })
}
