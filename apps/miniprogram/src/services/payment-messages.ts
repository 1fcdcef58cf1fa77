import { paymentMessageTemplates } from '../merchant/shop.ts'

/** Whether the shop has a message to send when a payment is decided. */
export function offersPaymentMessages(): boolean {
  return paymentMessageTemplates.length > 0
}

/**
 * Lets the shopper opt in to a message about the outcome, in WeChat's own dialog; true where they did. To be called from
 * a tap (developers.weixin.qq.com, wx.requestSubscribeMessage). Who declines, or has messages switched off, is not told so.
 */
export async function askForPaymentMessages(): Promise<boolean> {
  try {
    const answer: Readonly<Record<string, unknown>> = await wx.requestSubscribeMessage({
      tmplIds: [...paymentMessageTemplates],
    })
    return paymentMessageTemplates.some((id) => answer[id] === 'accept')
  } catch {
    // WeChat rejects where the shopper switched all messages off: that is an answer, and it is no.
    return false
  }
}
