import type { EmbedderMessage, PhoneMessage } from '../../protocol.ts'
import type { Visibility } from '../visibility.ts'
import { asynchronous, asynchronousBare } from './api.ts'
import type { CallLog } from './call-log.ts'

/** The parameters WeChat wants, all of them strings (developers.weixin.qq.com, wx.requestPayment). */
const PARAMETERS = ['timeStamp', 'nonceStr', 'package', 'signType', 'paySign'] as const

interface Waiting {
  readonly resolve: (value: string) => void
  readonly reject: (error: Error) => void
}

/** Answers of the page around the phone, which plays WeChat. */
export type WeChatAnswer = Extract<
  EmbedderMessage,
  { type: 'settleLogin' | 'failLogin' | 'cashierOpened' | 'settlePayment' }
>

/** `wx.login` and `wx.requestPayment`: WeChat itself answers them, played by the page around the phone. */
export function wechatApis(log: CallLog, visibility: Visibility, post: (message: PhoneMessage) => void) {
  const logins = new Map<number, Waiting>()
  const payments = new Map<number, Waiting>()

  const ask = (waiting: Map<number, Waiting>, id: number, message: PhoneMessage): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    waiting.set(id, { resolve, reject })
    post(message)
    return promise
  }
  const take = (waiting: Map<number, Waiting>, id: number): Waiting | undefined => {
    const found = waiting.get(id)
    waiting.delete(id)
    return found
  }
  const receive = (answer: WeChatAnswer): void => {
    switch (answer.type) {
      case 'settleLogin':
        take(logins, answer.id)?.resolve(answer.code)
        break
      case 'failLogin':
        take(logins, answer.id)?.reject(new Error(`fail ${answer.reason}`))
        break
      case 'cashierOpened':
        if (payments.has(answer.id)) visibility.cover('cashier')
        break
      case 'settlePayment':
        // The Mini Program is in front again before it hears how the payment went.
        visibility.uncover('cashier')
        take(payments, answer.id)?.resolve(answer.errMsg)
        break
    }
  }
  const login = asynchronousBare('login', async () => {
    const entry = log.start('login', 'wx.login')
    try {
      const code = await ask(logins, entry.call, { type: 'login', id: entry.call })
      entry.end({ failed: false, body: { code, errMsg: 'login:ok' } })
      return { code }
    } catch (error) {
      entry.end({
        failed: true,
        body: { errMsg: `login:${error instanceof Error ? error.message : 'fail'}` },
      })
      throw error
    }
  })
  const requestPayment = asynchronous(
    'requestPayment',
    async (options: WechatMiniprogram.RequestPaymentOption) => {
      const parameters = Object.fromEntries(
        PARAMETERS.map((name): [string, unknown] => [name, options[name]]),
      )
      const wrong = PARAMETERS.find((name) => typeof parameters[name] !== 'string')
      // In the manner of WeChat's own parameter check; the exact words are unverified against a phone.
      if (wrong !== undefined)
        throw new Error(
          `fail parameter error: parameter.${wrong} should be String instead of ${kindOf(parameters[wrong])};`,
        )
      const entry = log.start('requestPayment', 'wx.requestPayment', { body: parameters })
      const errMsg = await ask(payments, entry.call, {
        type: 'requestPayment',
        id: entry.call,
        parameters,
      })
      const failed = errMsg !== 'requestPayment:ok'
      entry.end({ failed, body: { errMsg } })
      if (failed) throw new Error(errMsg.replace(/^requestPayment:/, ''))
      return {}
    },
  )
  return { apis: { login, requestPayment }, receive }
}

function kindOf(value: unknown): string {
  if (value === null) return 'Null'
  const kind = typeof value
  return kind.charAt(0).toUpperCase() + kind.slice(1)
}
