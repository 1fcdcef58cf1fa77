import type { WireAmount, WireItem } from '@tael/adyen'
import type { Scenario } from '../scenarios.ts'
import type { FaultTarget } from './switchboard.ts'

/**
 * The result of a payment as Adyen knows it. `open` until WeChat notifies it, or somebody cancels.
 */
export type Result = 'open' | 'authorised' | 'refused' | 'error' | 'cancelled' | 'expired'

export type ModificationKind = 'refund' | 'cancel' | 'reversal' | 'technical_cancel'

/** A request to change a payment. `received` until its webhook reports the outcome. */
export interface Modification {
  readonly pspReference: string
  readonly kind: ModificationKind
  readonly reference: string | undefined
  /** When it was requested. */
  readonly at: string
  /** The money returned to the shopper, 0 for a cancel. */
  readonly amount: WireAmount
  status: 'received' | 'done' | 'failed'
}

/** One payment: where its money is, and what Adyen knows. */
export interface Payment {
  readonly pspReference: string
  readonly merchantReference: string
  readonly merchantOrderReference: string | undefined
  /** The type of its payment method at Adyen. */
  readonly paymentMethod: string
  readonly openid: string
  readonly amount: WireAmount
  readonly prepayId: string
  readonly paymentData: string
  readonly scenario: Scenario
  readonly createdAt: string
  /** When the prepay_id stops opening the cashier, in simulated epoch milliseconds. */
  readonly expiresAt: number
  /** When the shopper's money moved. */
  paidAt: string | undefined
  /** WeChat's id of the payment, from `paidAt` on. */
  transactionId: string | undefined
  result: Result
  /** The last state of the cashier. */
  cashier: 'closed' | 'open' | 'cancelled' | 'failed' | 'done'
  /** Whether a tap on "pay" has failed once, by the scenario. */
  hasFailed: boolean
  /** Whether `/payments/details` has been answered. */
  detailsAnswered: boolean
  /** WeChat's notice to Adyen that the scenario delays. */
  delayedNotice?: { readonly isSoon: boolean; readonly cancel: () => void }
  readonly modifications: Modification[]
}

/** Every payment and modification, and the money that moved. */
export class Ledger {
  readonly #byPsp = new Map<string, Payment>()
  readonly #byPrepayId = new Map<string, Payment>()
  readonly #byPaymentData = new Map<string, Payment>()
  readonly #byReference = new Map<string, Payment>()

  add(payment: Payment): void {
    this.#byPsp.set(payment.pspReference, payment)
    this.#byPrepayId.set(payment.prepayId, payment)
    this.#byPaymentData.set(payment.paymentData, payment)
    this.#byReference.set(payment.merchantReference, payment)
  }

  byPsp(pspReference: string): Payment | undefined {
    return this.#byPsp.get(pspReference)
  }

  byPrepayId(prepayId: string): Payment | undefined {
    return this.#byPrepayId.get(prepayId)
  }

  byPaymentData(paymentData: string): Payment | undefined {
    return this.#byPaymentData.get(paymentData)
  }

  /** The newest payment with this merchantReference. */
  byReference(merchantReference: string): Payment | undefined {
    return this.#byReference.get(merchantReference)
  }

  payments(): Payment[] {
    return [...this.#byPsp.values()]
  }

  /** Takes back what a refund returned, so that it can be refunded again. An unknown one changes nothing. */
  failRefund({ pspReference, merchantReference }: WireItem): void {
    const modifications = this.payments().flatMap((payment) => payment.modifications)
    const failed = modifications.find(
      (one) => one.pspReference === pspReference || one.reference === merchantReference,
    )
    if (failed?.kind === 'refund') failed.status = 'failed'
  }

  /** Every payment for a reader: `paid` and `refunded` are minor units that really moved. */
  report(): object[] {
    return this.payments().map((payment) => ({
      pspReference: payment.pspReference,
      merchantReference: payment.merchantReference,
      merchantOrderReference: payment.merchantOrderReference ?? null,
      prepayId: payment.prepayId,
      openid: payment.openid,
      amount: payment.amount,
      scenario: payment.scenario.name,
      result: payment.result,
      paid: payment.paidAt === undefined ? 0 : payment.amount.value,
      refunded: returnedValue(payment, ['done']),
      createdAt: payment.createdAt,
      paidAt: payment.paidAt ?? null,
      transactionId: payment.transactionId ?? null,
      modifications: payment.modifications,
    }))
  }

  clear(): void {
    this.#byPsp.clear()
    this.#byPrepayId.clear()
    this.#byPaymentData.clear()
    this.#byReference.clear()
  }
}

/** Whether the cashier closed, its prepay_id is unpaid, and Adyen has not closed the offer. */
export function isLeftUnpaid({ result, cashier }: Payment): boolean {
  return result === 'open' && (cashier === 'cancelled' || cashier === 'failed')
}

/** A payment as the target of a fault. */
export function targetOf({ scenario, pspReference, openid }: Payment): FaultTarget {
  return { scenario, reference: pspReference, openid }
}

/** The sum of the modifications in these states, in minor units. */
export function returnedValue(payment: Payment, states: readonly Modification['status'][]): number {
  return payment.modifications
    .filter(({ status }) => states.includes(status))
    .reduce((sum, { amount }) => sum + amount.value, 0)
}
