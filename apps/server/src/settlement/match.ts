import type { Amount, DifferenceKind, PaymentStatus, RefundStatus } from '@tael/contracts'
import { isIdForm } from '../db/ids.ts'
import { fromMinorUnits } from './decimal.ts'
import { journalOf } from './journal-types.ts'
import type { ReportAmount, ReportLine } from './read-report.ts'

/** A payment as we recorded it. */
export interface OurPayment {
  readonly id: string
  readonly orderId: string
  readonly pspReference: string | null
  readonly status: PaymentStatus
  readonly amount: Amount
}

/** A refund as we recorded it. */
export interface OurRefund {
  readonly id: string
  readonly orderId: string
  readonly paymentId: string
  readonly pspReference: string | null
  readonly status: RefundStatus
  readonly amount: Amount
}

/** The records that some lines name, each under our id and under Adyen's. */
export interface OurRecords {
  readonly payments: ReadonlyMap<string, OurPayment>
  readonly refunds: ReadonlyMap<string, OurRefund>
}

/** One difference. */
export interface Difference {
  readonly kind: DifferenceKind
  /** The line of the report; undefined where there is none. */
  readonly line: ReportLine | undefined
  /** Our payment or refund; undefined where there is none. */
  readonly ours: OurPayment | OurRefund | undefined
  /** When it happened by our record, where the report has no line. */
  readonly at: Date | undefined
}

/** What a line is about, and how it differs from our record. */
export type Match =
  | { readonly about: 'payment'; readonly ours: OurPayment; readonly kinds: readonly DifferenceKind[] }
  | { readonly about: 'refund'; readonly ours: OurRefund; readonly kinds: readonly DifferenceKind[] }
  /** About us, but without a record; `ours` is the closest one. */
  | {
      readonly about: 'unmatched'
      readonly ours?: OurPayment | OurRefund
      readonly kinds: readonly [DifferenceKind]
    }
  /** About another system on our merchant account. */
  | { readonly about: 'foreign' }
  /** The account's own money, or costs. */
  | { readonly about: 'overhead' }

/** Compares a line of our merchant account with our records. It does not detect duplicates. */
export function matchLine(line: ReportLine, records: OurRecords): Match {
  switch (journalOf(line.type)) {
    case 'settled':
      return matchSettled(line, records)
    case 'refunded':
      return matchRefunded(line, records)
    case 'reversal':
      return toUnmatched(line, records, 'not_in_books')
    case 'overhead':
      return { about: 'overhead' }
    case 'unknown':
      return line.merchantReference === '' && line.pspReference === ''
        ? { about: 'unmatched', kinds: ['unknown_type'] }
        : toUnmatched(line, records, 'unknown_type')
  }
}

function matchSettled(line: ReportLine, records: OurRecords): Match {
  const ours = paymentOf(line, records)
  if (ours === undefined) return toUnmatched(line, records, 'missing_here')
  if (isOther(line.pspReference, ours)) return { about: 'unmatched', ours, kinds: ['psp_reference'] }
  const kinds: DifferenceKind[] = []
  if (line.merchantReference !== ours.id) kinds.push('merchant_reference')
  if (!isSame(line.gross, ours.amount, 1n)) kinds.push('amount')
  if (ours.status !== 'authorised') kinds.push('status')
  return { about: 'payment', ours, kinds }
}

function matchRefunded(line: ReportLine, records: OurRecords): Match {
  const ours =
    records.refunds.get(line.modificationReference) ?? records.refunds.get(line.modificationMerchantReference)
  if (ours === undefined) return toUnmatched(line, records, 'unknown_refund')
  if (isOther(line.modificationReference, ours)) return { about: 'unmatched', ours, kinds: ['psp_reference'] }
  const kinds: DifferenceKind[] = []
  // Unverified: whether Adyen puts the payment's reference here or the refund's. Either is
  // accepted.
  if (line.merchantReference !== ours.paymentId && line.merchantReference !== ours.id)
    kinds.push('merchant_reference')
  if (!isSame(line.gross, ours.amount, -1n)) kinds.push('amount')
  if (ours.status !== 'refunded') kinds.push('status')
  return { about: 'refund', ours, kinds }
}

/** A line without a record: a difference where it names our payment, else foreign. */
function toUnmatched(line: ReportLine, records: OurRecords, kind: DifferenceKind): Match {
  const ours = paymentOf(line, records)
  if (ours !== undefined) return { about: 'unmatched', ours, kinds: [kind] }
  return isIdForm('pay', line.merchantReference)
    ? { about: 'unmatched', kinds: ['missing_here'] }
    : { about: 'foreign' }
}

function paymentOf(line: ReportLine, { payments }: OurRecords): OurPayment | undefined {
  return payments.get(line.merchantReference) ?? payments.get(line.pspReference)
}

/** Whether Adyen's reference differs from the recorded one, where we recorded one. */
function isOther(pspReference: string, ours: OurPayment | OurRefund): boolean {
  return ours.pspReference !== null && ours.pspReference !== pspReference
}

function isSame(money: ReportAmount, amount: Amount, sign: 1n | -1n): boolean {
  return money.currency === amount.currency && money.amount === sign * fromMinorUnits(amount)
}
