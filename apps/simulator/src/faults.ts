import { scenarioNamed, scenarioOfAmount, type Scenario } from './scenarios.ts'

/** What can befall a call to Adyen, to WeChat's login, or a webhook. */
export const faults = {
  lost_request: 'A call to Adyen: the connection is cut before anything happened.',
  lost_answer: 'A call to Adyen: processed, but the connection is cut before the answer.',
  rate_limited: 'A call to Adyen: HTTP 429.',
  transient_500: 'A call to Adyen: HTTP 500 with `transient-error: true`; nothing happened.',
  unavailable_503: 'A call to Adyen: HTTP 503 with errorCode 703; nothing happened.',
  in_progress_704: 'A call to Adyen: HTTP 422 with errorCode 704; nothing happened.',
  slow_answer: 'A call to Adyen: processed, but answered only after three seconds.',
  login_busy: 'A login: errcode -1, system busy.',
  login_rate_limited: 'A login: errcode 45011.',
  login_blocked: 'A login: errcode 40226.',
  webhook_duplicate: 'A webhook: delivered twice.',
  webhook_lost: 'One try to deliver a webhook: lost on the way, so that it is retried.',
} as const satisfies Record<string, string>

export type FaultName = keyof typeof faults

const callFaults = [
  'lost_request',
  'lost_answer',
  'rate_limited',
  'transient_500',
  'unavailable_503',
  'in_progress_704',
  'slow_answer',
] as const
/** A fault of a call to Adyen. */
export type CallFault = (typeof callFaults)[number]

const loginFaults = ['login_busy', 'login_rate_limited', 'login_blocked'] as const
/** A fault of a call to WeChat's login. */
export type LoginFault = (typeof loginFaults)[number]

/** A fault that is switched on, and how often it strikes (0 to 1). */
export interface ActiveFault {
  readonly name: FaultName
  readonly probability: number
}

/** True for a name in the table of faults. */
export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faults, name)
}

/**
 * What is switched on: the scenario of the payments to come, and the faults. All chance comes from one seeded
 * generator, drawn once for each fault that is switched on and could strike, in the order of the calls.
 */
export class Switchboard {
  readonly #seed: number
  #random: () => number
  #scenario: Scenario | undefined
  #faults: readonly ActiveFault[] = []
  readonly #struck = new Set<string>()

  constructor(seed: number) {
    this.#seed = seed
    this.#random = mulberry32(seed)
  }

  get scenario(): string | null {
    return this.#scenario?.name ?? null
  }

  get faults(): readonly ActiveFault[] {
    return this.#faults
  }

  /** Switches every payment to come to one scenario; null goes back to the amounts. False for an unknown name. */
  setScenario(name: string | null): boolean {
    const scenario = name === null ? undefined : scenarioNamed(name)
    if (name !== null && scenario === undefined) return false
    this.#scenario = scenario
    return true
  }

  setFaults(faults: readonly ActiveFault[]): void {
    this.#faults = faults
  }

  /** How a new payment of this amount plays. */
  scenarioFor(value: number): Scenario {
    return this.#scenario ?? scenarioOfAmount(value)
  }

  /** The fault of this call to Adyen: the one of the payment's scenario the first time, else what chance says. */
  callFault(call: string, payment?: { scenario: Scenario; reference: string }): CallFault | undefined {
    const planned = payment?.scenario.fault
    if (payment !== undefined && planned?.call === call) {
      const strike = `${call} ${payment.reference}`
      if (!this.#struck.has(strike)) {
        this.#struck.add(strike)
        return planned.name
      }
    }
    return this.#draw(callFaults)
  }

  loginFault(): LoginFault | undefined {
    return this.#draw(loginFaults)
  }

  webhookDuplicate(): boolean {
    return this.#draw(['webhook_duplicate']) !== undefined
  }

  webhookLost(): boolean {
    return this.#draw(['webhook_lost']) !== undefined
  }

  /** As at the start: no scenario, no faults, the seed's first number next. */
  reset(): void {
    this.#scenario = undefined
    this.#faults = []
    this.#random = mulberry32(this.#seed)
    this.#struck.clear()
  }

  #draw<Name extends FaultName>(possible: readonly Name[]): Name | undefined {
    let drawn: Name | undefined
    for (const { name, probability } of this.#faults) {
      const candidate = possible.find((one) => one === name)
      if (candidate === undefined) continue
      const strikes = this.#random() < probability
      if (strikes) drawn ??= candidate
    }
    return drawn
  }
}

/** Mulberry32, a public-domain generator: small, seeded, good enough to decide faults. Gives 0 ≤ n < 1. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
