import { confirm } from './confirm.ts'
import { texts } from './language.ts'
import { tael } from './tael.ts'

/**
 * Offers to restart into a newer version once WeChat has downloaded it, but not during a payment.
 * Without that, the newer version runs from the next cold start (developers.weixin.qq.com, update).
 */
export function offerUpdates(): void {
  const updates = wx.getUpdateManager()
  const offer = async (): Promise<void> => {
    if (!tael.isPaying() && (await confirm(texts().questions.update))) updates.applyUpdate()
  }
  updates.onUpdateReady(() => void offer())
}
