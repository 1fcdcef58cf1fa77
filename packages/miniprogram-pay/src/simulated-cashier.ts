import * as Type from '@sinclair/typebox'
import { Amount, check, formatAmount, NoAnswerError, type RequestPaymentParameters } from '@tael/contracts'
import type { Cashier, CashierCallbacks } from './cashier.ts'
import type { Login } from './login.ts'
import type { WeChatDialogs } from './wechat.ts'

declare const wx: WeChatDialogs

export interface SimulatedWeChatOptions {
  /** The address of Tael's simulator, without a slash at its end. */
  readonly simulator: string
  /** The AppID that the server and the simulator have; the Mini Program's own by default. */
  readonly appId?: string
  /** The name of the shopper who logs in, in small letters; each name has its own openid. */
  readonly shopper?: string
}

/** What `createTaelPay` takes in place of WeChat's own. */
export interface SimulatedWeChat {
  readonly cashier: Cashier
  readonly login: Login
}

/** The two buttons of a dialog have four characters at most (developers.weixin.qq.com, wx.showModal). */
const texts = {
  zh: {
    pay: '支付',
    fail: '支付失败',
    close: '关闭，不回调',
    paid: '模拟支付成功',
    failed: '模拟支付失败',
    done: '完成',
    leave: '离开',
  },
  en: {
    pay: 'Pay',
    fail: 'Fail',
    close: 'Close without a callback',
    paid: 'Simulated payment successful',
    failed: 'Simulated payment failed',
    done: 'Done',
    leave: 'Exit',
  },
} as const

const Opened = Type.Object({ prepayId: Type.String(), amount: Amount })
const CalledBack = Type.Object({ errMsg: Type.String() })
const Issued = Type.Object({ code: Type.String() })

/**
 * Plays WeChat's login and cashier with WeChat's own dialogs, against Tael's simulator: for DevTools, a
 * phone and the playground. Throws in a released Mini Program, where no money would be paid.
 */
export function simulatedWeChat(options: SimulatedWeChatOptions): SimulatedWeChat {
  const { miniProgram } = wx.getAccountInfoSync()
  if (miniProgram.envVersion === 'release')
    throw new Error('A released Mini Program must not contain the simulated cashier.')
  const { simulator, appId = miniProgram.appId, shopper = 'devtools' } = options
  return {
    login: async () => {
      const body = await post(`${simulator}/simulator/wechat/codes`, { shopper })
      if (check(Issued, body)) return body.code
      throw new NoAnswerError('The simulator issued no login code.')
    },
    cashier: (parameters, callbacks) => void playCashier({ simulator, appId }, parameters, callbacks),
  }
}

interface Target {
  readonly simulator: string
  readonly appId: string
}

/** Passes the simulator's errMsg on, or one that names what failed. */
async function playCashier(
  { simulator, appId }: Target,
  parameters: RequestPaymentParameters,
  callbacks: CashierCallbacks,
): Promise<void> {
  try {
    const body = await post(`${simulator}/simulator/cashier`, { appId, ...parameters })
    if (check(Opened, body)) await playOpened(simulator, body, callbacks)
    else callbacks.complete(errMsgOf(body))
  } catch (error) {
    callbacks.complete(`requestPayment:fail ${String(error)}`)
  }
}

/** The sheet, and after a payment its last button. Each can be left without a callback. */
async function playOpened(
  simulator: string,
  { prepayId, amount }: Type.Static<typeof Opened>,
  { complete, returned }: CashierCallbacks,
): Promise<void> {
  const { paid, failed, done, leave } = words()
  const send = async (verb: 'pay' | 'cancel'): Promise<string> => {
    const path = `/simulator/cashier/${encodeURIComponent(prepayId)}/${verb}`
    return errMsgOf(await post(simulator + path, {}))
  }
  const price = formatAmount(amount)
  switch (await chosen(price)) {
    case 'pay': {
      const errMsg = await send('pay')
      const title = errMsg === 'requestPayment:ok' ? paid : failed
      const answer = await wx.showModal({ title, content: price, confirmText: done, cancelText: leave })
      return answer.confirm ? complete(errMsg) : returned()
    }
    case 'fail':
      await send('cancel')
      return complete('requestPayment:fail (simulated)')
    case 'cancel':
      return complete(await send('cancel'))
    case 'close':
      return returned()
  }
}

const choices = ['pay', 'fail', 'close'] as const

/** What the shopper taps in the sheet, whose own last button cancels. */
function chosen(price: string): Promise<(typeof choices)[number] | 'cancel'> {
  const names = words()
  return new Promise((resolve) => {
    wx.showActionSheet({
      itemList: choices.map((choice) => (choice === 'pay' ? `${names.pay} ${price}` : names[choice])),
      success: ({ tapIndex }) => resolve(choices[tapIndex] ?? 'cancel'),
      fail: () => resolve('cancel'),
    })
  })
}

function words(): (typeof texts)['zh' | 'en'] {
  return texts[wx.getAppBaseInfo().language.startsWith('zh') ? 'zh' : 'en']
}

function errMsgOf(body: unknown): string {
  return check(CalledBack, body) ? body.errMsg : 'requestPayment:fail the simulator did not answer'
}

function post(url: string, body: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    wx.request({
      url,
      method: 'POST',
      data: JSON.stringify(body),
      success: ({ data }) => resolve(data),
      fail: ({ errMsg }) => reject(new NoAnswerError(`The simulator did not answer: ${errMsg}`)),
    })
  })
}
