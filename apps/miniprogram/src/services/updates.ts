import { messages } from '../texts/index.ts'
import { ask } from './ask.ts'
import { isPaying } from './payment.ts'

/**
 * Offers a newer version once WeChat has it on the phone: restarting takes a moment, so the shopper is asked, and not
 * while paying. Unasked, the newer version starts with the next cold start (developers.weixin.qq.com, update).
 */
export function offerUpdates(): void {
  const updates = wx.getUpdateManager()
  const offer = async (): Promise<void> => {
    if (!isPaying() && (await ask(messages().questions.update))) updates.applyUpdate()
  }
  updates.onUpdateReady(() => void offer())
}
