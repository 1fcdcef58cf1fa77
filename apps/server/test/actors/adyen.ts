import * as Type from '@sinclair/typebox'
import { Check, Parse } from '@sinclair/typebox/value'
import type { WireItem } from '@tael/adyen'
import type { Amount } from '@tael/contracts'
import type { Fault, Message, Recording, Simulator } from './simulator.ts'

/** One payment in Adyen's books; `paid` and `refunded` are the minor units that moved. */
const LedgerEntry = Type.Object({
  pspReference: Type.String(),
  merchantReference: Type.String(),
  merchantOrderReference: Type.Union([Type.String(), Type.Null()]),
  result: Type.String(),
  paid: Type.Integer(),
  refunded: Type.Integer(),
  transactionId: Type.Union([Type.String(), Type.Null()]),
})
export type LedgerEntry = Type.Static<typeof LedgerEntry>

const Ledger = Type.Object({ payments: Type.Array(LedgerEntry) })

/** The part of a request's body that names its payment or refund. */
const CallBody = Type.Partial(
  Type.Object({
    reference: Type.String(),
    paymentData: Type.String(),
    details: Type.Partial(Type.Object({ paymentStatus: Type.String() })),
  }),
)

/** The calls of Checkout that the server makes, by the simulator's names. */
export type CallName = 'payments' | 'details' | 'refunds' | 'technicalCancels'

/** A request that Adyen received. */
export interface ReceivedCall {
  readonly name: CallName
  readonly idempotencyKey: string | undefined
  /** Our payment's id, or our refund's; `details` names neither. */
  readonly reference: string | undefined
  /** Only of `details`. */
  readonly paymentData: string | undefined
  readonly paymentStatus: string | undefined
}

/** A webhook to be sent, about one of our payments or refunds; a success by default. */
export type WebhookItem = Partial<WireItem> & {
  readonly eventCode: string
  readonly about?: { readonly id: string; readonly amount: Amount }
}

/** Adyen, as the simulator plays it. */
export class Adyen {
  readonly #simulator: Simulator

  constructor(simulator: Simulator) {
    this.#simulator = simulator
  }

  /** Every payment that Adyen knows. */
  async ledger(): Promise<readonly LedgerEntry[]> {
    return Parse(Ledger, await this.#simulator.send('GET', '/ledger')).payments
  }

  /** The payment that was started under this reference; undefined where Adyen knows of none. */
  async payment(reference: string): Promise<LedgerEntry | undefined> {
    const [entry, ...more] = (await this.ledger()).filter(
      ({ merchantReference }) => merchantReference === reference,
    )
    if (more.length > 0) throw new Error(`${reference} was started ${more.length + 1} times.`)
    return entry
  }

  /**
   * The calls of one name among the last 2,000 messages; only those about one of our payments or
   * refunds, where it is named.
   */
  async calls(name: CallName, reference?: string): Promise<readonly ReceivedCall[]> {
    return callsAmong(await this.#simulator.messages()).filter(
      (call) => call.name === name && (reference === undefined || call.reference === reference),
    )
  }

  /** Sends webhooks, one after the other, and waits until all are delivered. */
  async deliver(...items: readonly WebhookItem[]): Promise<void> {
    for (const { about, ...item } of items) {
      const payment = about === undefined ? {} : { merchantReference: about.id, amount: about.amount }
      await this.#simulator.send('POST', '/webhooks', { success: 'true', ...payment, ...item })
    }
    await this.waitForDeliveries()
  }

  /** Runs the action while no webhook arrives, so that the answers to our calls come first on a busy machine too. */
  withoutWebhooks<T>(action: () => Promise<T>): Promise<T> {
    return this.withFault({ name: 'webhook_lost' }, action)
  }

  /** Waits until Adyen has delivered every webhook that it has to send. */
  async waitForDeliveries(): Promise<void> {
    await this.#simulator.send('POST', '/idle')
  }

  /** Runs the action while calls to Adyen meet this fault. */
  withFault<T>(fault: Fault, action: () => Promise<T>): Promise<T> {
    return this.#simulator.withFault(fault, action)
  }

  setFaults(...faults: readonly Fault[]): Promise<void> {
    return this.#simulator.setFaults(...faults)
  }

  /** Every fault that a call to Adyen can meet. */
  faultNames(): Promise<readonly string[]> {
    return this.#simulator.faultNames('A call to Adyen:')
  }

  scenarioNames(): Promise<readonly string[]> {
    return this.#simulator.scenarioNames()
  }

  /** The settlement report of everything so far, as CSV. */
  async settlementReport(): Promise<string> {
    return (await fetch(`${this.#simulator.url}/simulator/settlement.csv`)).text()
  }

  /** Announces the settlement report of a batch, and waits until the server has it. */
  async announceReport(batch: string): Promise<void> {
    await this.#simulator.send('POST', '/reports', { batch })
    await this.waitForDeliveries()
  }

  /** Records every call from now on, more than the log keeps. */
  async record(): Promise<{ calls(): Promise<readonly ReceivedCall[]>; stop(): void }> {
    const recording: Recording = await this.#simulator.record()
    return { calls: async () => callsAmong(await recording.messages()), stop: () => recording.stop() }
  }
}

function callsAmong(messages: readonly Message[]): readonly ReceivedCall[] {
  return messages.flatMap(({ from, to, kind, label, headers, body }) => {
    const name = nameOf(label)
    if (from !== 'server' || to !== 'adyen' || kind !== 'request' || name === undefined) return []
    const { reference, paymentData, details } = Check(CallBody, body) ? body : {}
    const paymentStatus = details?.paymentStatus
    return [{ name, idempotencyKey: headers?.['idempotency-key'], reference, paymentData, paymentStatus }]
  })
}

function nameOf(label: string): CallName | undefined {
  if (label === 'POST /payments') return 'payments'
  if (label === 'POST /payments/details') return 'details'
  if (label === 'POST /cancels') return 'technicalCancels'
  return label.startsWith('POST /payments/') && label.endsWith('/refunds') ? 'refunds' : undefined
}
