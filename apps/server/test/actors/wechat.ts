import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import type { RequestPaymentParameters } from '@tael/contracts'
import { credentials } from '@tael/stack'
import type { Fault, Simulator } from './simulator.ts'

const Code = Type.Object({ code: Type.String() })
const Cashier = Type.Object({ prepayId: Type.String() })
const Refused = Type.Object({ errMsg: Type.String() })
const CashierOpened = Type.Union([Cashier, Refused])

/** The calls to WeChat's API, by their paths. */
export const weChatPaths = {
  accessToken: '/cgi-bin/stable_token',
  message: '/cgi-bin/message/subscribe/send',
  shipment: '/wxa/sec/order/upload_shipping_info',
} as const

/**
 * One call to WeChat that is answered: what was sent, and the simulator's label of the answer:
 * `ok`, `errcode 43101`.
 */
export interface WeChatCall {
  readonly body: unknown
  readonly answer: string
}

/** WeChat did not open its cashier. */
export class CashierRefusedError extends Error {
  override readonly name = 'CashierRefusedError'
}

/** WeChat, as the simulator plays it: its login, its cashier, and its API for servers. */
export class WeChat {
  readonly #simulator: Simulator

  constructor(simulator: Simulator) {
    this.#simulator = simulator
  }

  /** A code of `wx.login`, as this shopper's phone gets it. */
  async loginCode(shopper: string): Promise<string> {
    return Parse(Code, await this.#simulator.send('POST', '/wechat/codes', { shopper })).code
  }

  /** Opens the cashier and taps there. Returns the errMsg of `wx.requestPayment`. */
  async useCashier(parameters: RequestPaymentParameters, tap: 'pay' | 'cancel'): Promise<string> {
    const request = { appId: credentials.WECHAT_APP_ID, ...parameters }
    const opened = Parse(CashierOpened, await this.#simulator.send('POST', '/cashier', request))
    if ('errMsg' in opened) throw new CashierRefusedError(opened.errMsg)
    return Parse(Refused, await this.#simulator.send('POST', `/cashier/${opened.prepayId}/${tap}`)).errMsg
  }

  /** The shopper accepts one subscribe message of this template. */
  async acceptMessage(shopper: string, templateId: string): Promise<void> {
    await this.#simulator.send('POST', '/wechat/subscriptions', { shopper, templateId })
  }

  /**
   * The answered calls of one kind, oldest first; only those that name this id, where it is given.
   */
  async calls(kind: keyof typeof weChatPaths, naming = ''): Promise<readonly WeChatCall[]> {
    const messages = await this.#simulator.messages()
    const answers = new Map(
      messages.filter((message) => message.kind === 'answer').map(({ call, label }) => [call, label]),
    )
    return messages
      .filter((message) => message.kind === 'request' && message.label === `POST ${weChatPaths[kind]}`)
      .map(({ call, body }) => ({ body, answer: answers.get(call) ?? '' }))
      .filter(({ body, answer }) => answer !== '' && JSON.stringify(body).includes(naming))
  }

  /** How often a login with this code reached WeChat. */
  async logins(code: string): Promise<number> {
    const messages = await this.#simulator.messages()
    const asked = messages.filter(
      ({ kind, label, body }) =>
        kind === 'request' && label === 'GET /sns/jscode2session' && JSON.stringify(body).includes(code),
    )
    return asked.length
  }

  /** Runs the action while calls to WeChat meet this fault. */
  withFault<T>(fault: Fault, action: () => Promise<T>): Promise<T> {
    return this.#simulator.withFault(fault, action)
  }

  setFaults(...faults: readonly Fault[]): Promise<void> {
    return this.#simulator.setFaults(...faults)
  }

  /** Every fault that a login, or any other call to WeChat, can meet. */
  faultNames(of: 'login' | 'call'): Promise<readonly string[]> {
    return this.#simulator.faultNames(of === 'login' ? 'A login:' : 'A call to WeChat')
  }
}
