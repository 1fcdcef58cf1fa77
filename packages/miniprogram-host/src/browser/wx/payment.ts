import type { EmbedderMessage, PhoneMessage } from '../../protocol.ts'
import type { Visibility } from '../visibility.ts'
import { asynchronous } from './api.ts'
import type { CallLog } from './call-log.ts'
import { PendingCalls } from './pending-calls.ts'

/** All of them strings, and all but `signType` required (developers.weixin.qq.com, wx.requestPayment). */
const PARAMETERS = ['timeStamp', 'nonceStr', 'package', 'signType', 'paySign'] as const

export type PaymentAnswer = Extract<EmbedderMessage, { type: 'cashierOpened' | 'settlePayment' }>

/** `wx.requestPayment`: the page around the phone plays WeChat's cashier. */
export function paymentApi(log: CallLog, visibility: Visibility, post: (message: PhoneMessage) => void) {
  const payments = new PendingCalls()
  const requestPayment = asynchronous(
    'requestPayment',
    async (options: WechatMiniprogram.RequestPaymentOption) => {
      const parameters = checkedParameters(options)
      const entry = log.start('requestPayment', 'wx.requestPayment', { body: parameters })
      const answer = payments.wait(entry.call)
      entry.sent()
      post({ type: 'requestPayment', id: entry.call, parameters })
      const errMsg = await answer
      const failed = errMsg !== 'requestPayment:ok'
      entry.end({ failed, body: { errMsg } })
      if (failed) throw new Error(errMsg.replace(/^requestPayment:/, ''))
      return {}
    },
  )
  const receive = (answer: PaymentAnswer): void => {
    switch (answer.type) {
      case 'cashierOpened':
        if (payments.has(answer.id)) visibility.cover('cashier')
        break
      case 'settlePayment':
        // The Mini Program is in front again before its callback runs.
        visibility.uncover('cashier')
        payments.resolve(answer.id, answer.errMsg)
        break
    }
  }
  return { requestPayment, receive }
}

/** Fails in the form of WeChat's own check; the exact text is unverified against a phone. */
function checkedParameters(options: WechatMiniprogram.RequestPaymentOption): Record<string, unknown> {
  const given = PARAMETERS.filter((name) => name !== 'signType' || options.signType !== undefined)
  const parameters = Object.fromEntries(given.map((name): [string, unknown] => [name, options[name]]))
  const wrong = given.find((name) => typeof parameters[name] !== 'string')
  if (wrong !== undefined) {
    const type = typeName(parameters[wrong])
    throw new Error(`fail parameter error: parameter.${wrong} should be String instead of ${type};`)
  }
  return parameters
}

function typeName(value: unknown): string {
  if (value === null) return 'Null'
  const type = typeof value
  return type.charAt(0).toUpperCase() + type.slice(1)
}
