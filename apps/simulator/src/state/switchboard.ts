import { isDeepStrictEqual } from 'node:util'
import {
  type ActiveFault,
  type AdyenCallName,
  type AdyenFault,
  type CallName,
  type FaultName,
  isAdyenFault,
  isLoginFault,
  isReportFault,
  isWeChatFault,
  type LoginFault,
  type ReportFault,
  type WeChatCallName,
  type WeChatFault,
} from '../faults.ts'
import { openidOf } from '../openid.ts'
import { type Scenario, scenarioNamed, scenarioOfAmount } from '../scenarios.ts'
import { randomNumbers } from './random.ts'

/** What the choice of a fault depends on in a call to Adyen: the payment it is about. */
export interface FaultTarget {
  readonly scenario: Scenario
  readonly reference: string
  readonly openid: string
  /** Its scenario leaves this call without an answer, however often it is made. */
  readonly isUnanswered?: boolean
}

/** What a call is, and for whom. */
interface Call {
  readonly call?: CallName
  readonly openid?: string | undefined
}

/** A switched-on fault, the openid of its shopper, and how often it may still hit. */
interface Armed {
  readonly fault: ActiveFault
  readonly openid: string | undefined
  left: number
}

/**
 * The switches: the scenario of future payments, and the faults. Each fault draws from random
 * numbers of its own, once for each call that it could hit, so that what one kind of call draws
 * (webhooks are retried at any time) does not change what another draws.
 */
export class Switchboard {
  readonly #seed: number
  readonly #appId: string
  readonly #random = new Map<FaultName, () => number>()
  #scenario: Scenario | undefined
  #armed: readonly Armed[] = []
  /** The calls that the fault of their scenario has hit. */
  readonly #hit = new Set<string>()

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

  /**
   * Gives every future payment one scenario; with null, amounts choose again. False for an unknown
   * name.
   */
  setScenario(name: string | null): boolean {
    const scenario = name === null ? undefined : scenarioNamed(name)
    if (name !== null && scenario === undefined) return false
    this.#scenario = scenario
    return true
  }

  /**
   * Switches these faults on and all others off. One that was on already keeps its count of hits.
   */
  setFaults(faults: readonly ActiveFault[]): void {
    const before = [...this.#armed]
    this.#armed = faults.map((fault) => {
      const index = before.findIndex((armed) => isDeepStrictEqual(armed.fault, fault))
      const [same] = index === -1 ? [] : before.splice(index, 1)
      const openid = fault.shopper === undefined ? undefined : openidOf(this.#appId, fault.shopper)
      return same ?? { fault, openid, left: fault.times ?? Number.POSITIVE_INFINITY }
    })
  }

  /** The scenario of a new payment of this amount, in minor units. */
  scenarioFor(value: number): Scenario {
    return this.#scenario ?? scenarioOfAmount(value)
  }

  /**
   * The fault of this call to Adyen: on the first such call the one of the payment's scenario, else
   * a random one.
   */
  adyenFault(call: AdyenCallName, target: FaultTarget | undefined): AdyenFault | undefined {
    if (target?.isUnanswered === true) return 'lost_request'
    const planned = target?.scenario.fault
    if (target !== undefined && planned?.call === call) {
      const hit = `${call} ${target.reference}`
      if (!this.#hit.has(hit)) {
        this.#hit.add(hit)
        return planned.name
      }
    }
    return this.#draw(isAdyenFault, { call, openid: target?.openid })
  }

  /** The fault of a login with a code of this shopper. */
  loginFault(openid: string | undefined): LoginFault | undefined {
    return this.#draw(isLoginFault, { openid })
  }

  /** The fault of this call to WeChat, made for this shopper. */
  weChatFault(call: WeChatCallName, openid: string | undefined): WeChatFault | undefined {
    const applies = (name: string): name is WeChatFault =>
      isWeChatFault(name) &&
      !(name === 'wechat_token_refused' && call === 'token') &&
      !(name === 'wechat_ip_refused' && call !== 'token')
    return this.#draw(applies, { call, openid })
  }

  duplicatesWebhook(): boolean {
    return this.#draw((name): name is 'webhook_duplicate' => name === 'webhook_duplicate') !== undefined
  }

  /** The fault of the download of a report. */
  reportFault(): ReportFault | undefined {
    return this.#draw(isReportFault)
  }

  losesWebhook(): boolean {
    return this.#draw((name): name is 'webhook_lost' => name === 'webhook_lost') !== undefined
  }

  /**
   * Restores the initial state: no scenario, no faults, and the first random numbers of the seed
   * next.
   */
  reset(): void {
    this.#scenario = undefined
    this.#armed = []
    this.#random.clear()
    this.#hit.clear()
  }

  /**
   * The first fault that hits. Every fault that could hit draws, whether or not an earlier one has
   * hit.
   */
  #draw<Name extends FaultName>(
    applies: (name: FaultName) => name is Name,
    { call, openid }: Call = {},
  ): Name | undefined {
    let drawn: Name | undefined
    for (const armed of this.#armed) {
      const { name, probability, call: targetCall = call } = armed.fault
      const isTarget = targetCall === call && (armed.openid === undefined || armed.openid === openid)
      if (!applies(name) || !isTarget || armed.left === 0) continue
      if (this.#nextRandom(name) >= probability || drawn !== undefined) continue
      drawn = name
      armed.left -= 1
    }
    return drawn
  }

  #nextRandom(name: FaultName): number {
    const next = this.#random.get(name) ?? randomNumbers(this.#seed, name)
    this.#random.set(name, next)
    return next()
  }
}
