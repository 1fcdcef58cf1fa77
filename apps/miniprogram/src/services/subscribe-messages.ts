import { paymentMessageTemplates } from '../merchant/shop.ts'

/** Whether the shop has a subscribe message about the outcome of a payment. */
export function offersSubscribeMessages(): boolean {
  return paymentMessageTemplates.length > 0
}

/**
 * Asks in WeChat's dialog whether the shopper wants that message. Call it from a tap
 * (developers.weixin.qq.com, wx.requestSubscribeMessage).
 */
export async function requestSubscribeMessages(): Promise<boolean> {
  const answers = await askForTemplates()
  return paymentMessageTemplates.some((id) => answers[id] === 'accept')
}

async function askForTemplates(): Promise<Readonly<Record<string, unknown>>> {
  try {
    return { ...(await wx.requestSubscribeMessage({ tmplIds: [...paymentMessageTemplates] })) }
  } catch {
    // WeChat rejects where the shopper has switched off all messages: the answer is no.
    return {}
  }
}
