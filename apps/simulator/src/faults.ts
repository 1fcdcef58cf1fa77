import { isDeepStrictEqual } from 'node:util'
import { randomNumbers } from './random.ts'
import { scenarioNamed, scenarioOfAmount, type Scenario } from './scenarios.ts'
import { openidOf } from './wechat/openid.ts'

/** What can befall a call to Adyen. */
const callFaults = {
  lost_request: 'A call to Adyen: the connection is cut before anything happened.',
  lost_answer: 'A call to Adyen: processed, but the connection is cut before the answer.',
  timeout_before: 'A call to Adyen: no answer until the caller gives up; nothing happened.',
  timeout_after: 'A call to Adyen: processed, but no answer until the caller gives up.',
  rate_limited: 'A call to Adyen: HTTP 429; nothing happened.',
  transient_500: 'A call to Adyen: HTTP 500 with `transient-error: true`; nothing happened.',
  permanent_500: 'A call to Adyen: HTTP 500 of type internal, kept for its key; nothing happened.',
  unavailable_503: 'A call to Adyen: HTTP 503 with errorCode 703; nothing happened.',
  in_progress_704: 'A call to Adyen: HTTP 422 with errorCode 704; nothing happened.',
  slow_answer: 'A call to Adyen: processed, but answered only after three seconds.',
  truncated_json: 'A call to Adyen: processed, but the answer ends in the middle of its JSON.',
  html_page: 'A call to Adyen: processed, but answered with HTTP 502 and a page of HTML.',
  wrong_schema: 'A call to Adyen: processed, but the answer lies one level deeper, under `response`.',
  missing_package: 'A call to Adyen: processed, but the parameters of the cashier lack `package`.',
  other_reference: 'A call to Adyen: processed, but every reference in the answer is of another payment.',
  other_amount: 'A call to Adyen: processed, but the amount in the answer is one minor unit more.',
} as const satisfies Record<string, string>

/** A fault of a call to Adyen. */
export type CallFault = keyof typeof callFaults

const loginFaults = {
  login_busy: 'A login: errcode -1, system busy; the code stays good.',
  login_rate_limited: 'A login: errcode 45011; the code stays good.',
  login_blocked: 'A login: errcode 40226; the code stays good.',
  login_unavailable_503: 'A login: HTTP 503 with an empty object; the code stays good.',
  login_lost_request: 'A login: the connection is cut before anything happened; the code stays good.',
  login_timeout_before: 'A login: no answer until the caller gives up; the code stays good.',
  login_lost_answer: 'A login: the code is used up, but the connection is cut before the answer.',
  login_timeout: 'A login: the code is used up, but no answer until the caller gives up.',
  login_truncated_json: 'A login: the code is used up, but the answer ends in the middle of its JSON.',
  login_html_page: 'A login: the code is used up, but answered with HTTP 502 and a page of HTML.',
  login_wrong_schema: 'A login: the code is used up, but the answer lies one level deeper, under `response`.',
} as const satisfies Record<string, string>

/** A fault of a call to WeChat's login. */
export type LoginFault = keyof typeof loginFaults

const weChatFaults = {
  wechat_busy: 'A call to WeChat: errcode -1, system busy; nothing happened.',
  wechat_rate_limited: 'A call to WeChat: errcode 45011; nothing happened.',
  wechat_token_refused: 'A call to WeChat: errcode 40001; nothing happened. Never one for an access token.',
  wechat_lost_request: 'A call to WeChat: the connection is cut before anything happened.',
  wechat_timeout_before: 'A call to WeChat: no answer until the caller gives up; nothing happened.',
  wechat_http_429: 'A call to WeChat: HTTP 429 with an empty object; nothing happened.',
  wechat_http_500: 'A call to WeChat: HTTP 500 with an empty object; nothing happened.',
  wechat_http_503: 'A call to WeChat: HTTP 503 with an empty object; nothing happened.',
  wechat_lost_answer: 'A call to WeChat: processed, but the connection is cut before the answer.',
  wechat_timeout_after: 'A call to WeChat: processed, but no answer until the caller gives up.',
  wechat_truncated_json: 'A call to WeChat: processed, but the answer ends in the middle of its JSON.',
  wechat_html_page: 'A call to WeChat: processed, but answered with HTTP 502 and a page of HTML.',
  wechat_wrong_schema: 'A call to WeChat: processed, but the answer lies one level deeper, under `response`.',
} as const satisfies Record<string, string>

/** A fault of a call to WeChat for an access token, or with one. */
export type WeChatFault = keyof typeof weChatFaults

const webhookFaults = {
  webhook_duplicate: 'A webhook: delivered twice.',
  webhook_lost: 'One try to deliver a webhook: lost on the way, so that it is retried.',
} as const satisfies Record<string, string>

/** Every fault, and what it does; the README has the same words. */
export const faults = { ...callFaults, ...loginFaults, ...weChatFaults, ...webhookFaults }

export type FaultName = keyof typeof faults

/** The calls to Adyen. */
export const callNames = [
  'payments',
  'details',
  'refunds',
  'cancels',
  'reversals',
  'technicalCancels',
  'paymentMethods',
] as const
export type CallName = (typeof callNames)[number]

/** The calls to WeChat for an access token, and with one. */
export const weChatCallNames = ['token', 'message', 'shipping'] as const
export type WeChatCallName = (typeof weChatCallNames)[number]

/** A fault that is switched on, how often it strikes (0 to 1), and whom. */
export interface ActiveFault {
  readonly name: FaultName
  readonly probability: number
  /** Only this call to Adyen or WeChat. */
  readonly call?: CallName | WeChatCallName | undefined
  /** Only what is done for this shopper, named as at `wx.login`. */
  readonly shopper?: string | undefined
  /** So many times, and then no more. */
  readonly times?: number | undefined
}

/** The payment a call to Adyen is about, as far as faults go. */
export interface Target {
  readonly scenario: Scenario
  readonly reference: string
  readonly openid: string
}

/** True for a name in the table of faults. */
export function isFaultName(name: string): name is FaultName {
  return isIn(faults, name)
}

/** Whether what the fault is aimed at can meet it: a login is none of the calls, and a webhook has no shopper. */
export function isWellAimed({ name, call, shopper }: ActiveFault): boolean {
  if (shopper !== undefined && (isIn(webhookFaults, name) || call === 'token')) return false
  if (name === 'wechat_token_refused' && call === 'token') return false
  if (call === undefined) return true
  const calls: readonly string[] = isIn(callFaults, name) ? callNames : weChatCallNames
  return (isIn(callFaults, name) || isIn(weChatFaults, name)) && calls.includes(call)
}

function isIn<Name extends string>(
  table: Readonly<Partial<Record<Name, string>>>,
  name: string,
): name is Name {
  return Object.hasOwn(table, name)
}

/** A switched-on fault with what it takes to know whether it strikes. */
interface Armed {
  readonly fault: ActiveFault
  readonly openid: string | undefined
  left: number
}

/**
 * What is switched on: the scenario of the payments to come, and the faults. All chance comes from the seed. Each
 * fault has a generator of its own, drawn once for each call that it could strike, so that what one kind of call
 * draws (a webhook's retries come when they come) does not change what another draws.
 */
export class Switchboard {
  readonly #seed: number
  readonly #appId: string
  readonly #generators = new Map<FaultName, () => number>()
  #scenario: Scenario | undefined
  #armed: readonly Armed[] = []
  readonly #struck = new Set<string>()

  constructor(seed: number, appId: string) {
    this.#seed = seed
    this.#appId = appId
  }

  get scenario(): string | null {
    return this.#scenario?.name ?? null
  }

  get faults(): readonly ActiveFault[] {
    return this.#armed.map(({ fault }) => fault)
  }

  /** Switches every payment to come to one scenario; null goes back to the amounts. False for an unknown name. */
  setScenario(name: string | null): boolean {
    const scenario = name === null ? undefined : scenarioNamed(name)
    if (name !== null && scenario === undefined) return false
    this.#scenario = scenario
    return true
  }

  /** Switches these faults on and all others off. One that was on stays as it is, with the strikes it has left. */
  setFaults(faults: readonly ActiveFault[]): void {
    const before = [...this.#armed]
    this.#armed = faults.map((fault) => {
      const index = before.findIndex((armed) => isDeepStrictEqual(armed.fault, fault))
      const [same] = index === -1 ? [] : before.splice(index, 1)
      const openid = fault.shopper === undefined ? undefined : openidOf(this.#appId, fault.shopper)
      return same ?? { fault, openid, left: fault.times ?? Number.POSITIVE_INFINITY }
    })
  }

  /** How a new payment of this amount plays. */
  scenarioFor(value: number): Scenario {
    return this.#scenario ?? scenarioOfAmount(value)
  }

  /** The fault of this call to Adyen: the one of the payment's scenario the first time, else what chance says. */
  callFault(call: CallName, payment: Target | undefined): CallFault | undefined {
    const planned = payment?.scenario.fault
    if (payment !== undefined && planned?.call === call) {
      const strike = `${call} ${payment.reference}`
      if (!this.#struck.has(strike)) {
        this.#struck.add(strike)
        return planned.name
      }
    }
    return this.#draw(callFaults, { call, openid: payment?.openid })
  }

  /** The fault of a login with a code of this shopper's. */
  loginFault(openid: string | undefined): LoginFault | undefined {
    return this.#draw(loginFaults, { openid })
  }

  /** The fault of this call to WeChat, made for this shopper. */
  weChatFault(call: WeChatCallName, openid: string | undefined): WeChatFault | undefined {
    const { wechat_token_refused, ...withoutToken } = weChatFaults
    const table = call === 'token' ? withoutToken : { ...withoutToken, wechat_token_refused }
    return this.#draw(table, { call, openid })
  }

  webhookDuplicate(): boolean {
    const { webhook_duplicate } = webhookFaults
    return this.#draw({ webhook_duplicate }) !== undefined
  }

  webhookLost(): boolean {
    const { webhook_lost } = webhookFaults
    return this.#draw({ webhook_lost }) !== undefined
  }

  /** As at the start: no scenario, no faults, the seed's first numbers next. */
  reset(): void {
    this.#scenario = undefined
    this.#armed = []
    this.#generators.clear()
    this.#struck.clear()
  }

  /** Draws for every fault of the table that is switched on, struck already or not; the first one that strikes. */
  #draw<Name extends FaultName>(
    table: Readonly<Partial<Record<Name, string>>>,
    {
      call,
      openid,
    }: { readonly call?: CallName | WeChatCallName; readonly openid?: string | undefined } = {},
  ): Name | undefined {
    let drawn: Name | undefined
    for (const armed of this.#armed) {
      const { name, probability, call: aimedCall = call } = armed.fault
      const isAimedHere = aimedCall === call && (armed.openid === undefined || armed.openid === openid)
      if (!isIn(table, name) || !isAimedHere || armed.left === 0) continue
      if (this.#random(name) >= probability || drawn !== undefined) continue
      drawn = name
      armed.left -= 1
    }
    return drawn
  }

  #random(name: FaultName): number {
    const generator = this.#generators.get(name) ?? randomNumbers(this.#seed, name)
    this.#generators.set(name, generator)
    return generator()
  }
}
