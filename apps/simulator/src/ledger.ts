import { randomBytes, randomInt } from 'node:crypto'
import type { WireAmount } from '@tael/adyen'
import type { Target } from './faults.ts'
import type { Scenario } from './scenarios.ts'

/** What Adyen knows of a payment. `open` until WeChat told it, or the shopper or the merchant gave up. */
export type Result = 'open' | 'authorised' | 'refused' | 'error' | 'cancelled' | 'expired'

export type ModificationKind = 'refund' | 'cancel' | 'reversal' | 'technical_cancel'

/** A request to change a payment. `received` until its webhook says how it went. */
export interface Modification {
  readonly pspReference: string
  readonly kind: ModificationKind
  readonly reference: string | undefined
  /** When it was asked for. */
  readonly at: string
  /** What goes back to the shopper: 0 where nothing does. */
  readonly amount: WireAmount
  status: 'received' | 'done' | 'failed'
}

/** One payment: where its money is, and what Adyen knows. */
export interface Payment {
  readonly pspReference: string
  readonly merchantReference: string
  readonly merchantOrderReference: string | undefined
  readonly openid: string
  readonly amount: WireAmount
  readonly prepayId: string
  readonly paymentData: string
  readonly scenario: Scenario
  readonly createdAt: string
  /** Simulated epoch milliseconds: from then on the prepay_id opens no cashier. */
  readonly expiresAt: number
  /** When the shopper's money moved; undefined while it did not. */
  paidAt: string | undefined
  /** WeChat's own number of it, from then on. */
  transactionId: string | undefined
  result: Result
  /** What the cashier did last. */
  cashier: 'closed' | 'open' | 'cancelled' | 'done'
  /** Whether `/payments/details` was answered before. */
  detailsAnswered: boolean
  /** What WeChat still owes Adyen, where the scenario has Adyen wait for it. */
  settlement?: { readonly isSoon: boolean; readonly callOff: () => void }
  readonly modifications: Modification[]
}

/** The money that moved, and every payment and modification. Kept in memory until `clear`. */
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

  /** Every payment as a table to read: `paid` and `refunded` are minor units that really moved. */
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
      refunded: returned(payment, ['done']),
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

/** A payment as a fault can be aimed at it. */
export function targetOf({ scenario, pspReference, openid }: Payment): Target {
  return { scenario, reference: pspReference, openid }
}

/** What refunds and reversals of these states give back, in minor units. */
export function returned(payment: Payment, states: readonly Modification['status'][]): number {
  return payment.modifications
    .filter(({ status }) => states.includes(status))
    .reduce((sum, { amount }) => sum + amount.value, 0)
}

const PSP_ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ23456789'

/** A reference in the form of Adyen's own: 16 letters and digits. */
export function newPspReference(): string {
  return Array.from({ length: 16 }, () => PSP_ALPHABET.charAt(randomInt(PSP_ALPHABET.length))).join('')
}

/** A number in the form of WeChat's: 28 digits. */
export function newTransactionId(): string {
  return `42000${Array.from({ length: 23 }, () => randomInt(10)).join('')}`
}

/** Opaque state for `/payments/details`, in the form of Adyen's samples. */
export function newPaymentData(): string {
  return `Ab02b4c0!${randomBytes(120).toString('base64')}`
}

/** An id in the form of WeChat's: `wx`, the time, and digits. */
export function newPrepayId(): string {
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  return `wx${time}${randomBytes(10).toString('hex')}`
}
