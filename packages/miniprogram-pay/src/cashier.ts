import type { RequestPaymentParameters } from '@tael/contracts'
import { startTimer } from './timers.ts'
import type { WeChat } from './wechat.ts'

declare const wx: WeChat

export interface CashierCallbacks {
  /** The `complete` callback of wx.requestPayment, with its errMsg. It may come late, or never. */
  readonly complete: (errMsg: string) => void
  /** The shopper is back in the Mini Program; `complete` may still come. */
  readonly returned: () => void
}

/** Opens WeChat's payment sheet, or what stands in for it where WeChat Pay cannot be tested. */
export type Cashier = (parameters: RequestPaymentParameters, callbacks: CashierCallbacks) => void

/** wx.requestPayment; the shopper is back when WeChat shows the Mini Program again. */
export const weChatCashier: Cashier = (parameters, { complete, returned }) => {
  const { timeStamp, nonceStr, package: prepay, signType, paySign } = parameters
  const handleShow = (): void => {
    wx.offAppShow(handleShow)
    returned()
  }
  wx.onAppShow(handleShow)
  wx.requestPayment({
    timeStamp,
    nonceStr,
    package: prepay,
    paySign,
    ...(signType === undefined ? {} : { signType }),
    complete: ({ errMsg }) => {
      wx.offAppShow(handleShow)
      complete(errMsg)
    },
  })
}

/** Milliseconds from the shopper's return until the callback counts as lost. */
const CALLBACK_MS_MAX = 5_000

/**
 * Opens the cashier, and resolves when it has called back. The errMsg goes to `onErrMsg`, also one that
 * comes late. A cashier closed before its last button never calls back
 * (developers.weixin.qq.com/community, pay: success comes with 完成), so this also resolves some time
 * after the shopper is back.
 */
export function openCashier(
  cashier: Cashier,
  parameters: RequestPaymentParameters,
  onErrMsg: (errMsg: string) => void,
): Promise<void> {
  return new Promise((resolve) => {
    cashier(parameters, {
      returned: () => {
        startTimer(CALLBACK_MS_MAX, resolve)
      },
      complete: (errMsg) => {
        try {
          onErrMsg(errMsg)
        } finally {
          resolve()
        }
      },
    })
  })
}
