import type { Amount, PaymentStatus, RefundStatus } from '@tael/contracts'
import { isIdForm } from '../db/ids.ts'
import { fromMinorUnits } from './decimal.ts'
import { journalOf } from './journal-types.ts'
import type { Money, ReportLine } from './read-report.ts'

/** A payment as our books have it. */
export interface BookedPayment {
  readonly id: string
  readonly pspReference: string | null
  readonly status: PaymentStatus
  readonly amount: Amount
}

/** A refund as our books have it. */
export interface BookedRefund {
  readonly id: string
  readonly paymentId: string
  readonly pspReference: string | null
  readonly status: RefundStatus
  readonly amount: Amount
}

/** What our books hold of what some lines name, each under our id and under Adyen's. */
export interface LookedUp {
  readonly payments: ReadonlyMap<string, BookedPayment>
  readonly refunds: ReadonlyMap<string, BookedRefund>
}

/** How report and books differ. */
export const differenceKinds = [
  /** A reference of our form, but no payment of ours. */
  'missing_here',
  /** Our reference, but another payment or refund at Adyen: money taken twice, perhaps. */
  'psp_reference',
  /** Our payment or refund, under another reference. */
  'merchant_reference',
  'amount',
  /** The money moved, but in our books it did not. */
  'status',
  /** A line was about it before. */
  'duplicate',
  /** A refund of our payment that is not in our books. */
  'unknown_refund',
  /** Money of our payment that moved in a way our books do not hold. */
  'not_in_books',
  /** Of our payment or of none, and of a type we do not know. */
  'unknown_type',
  /** In our books, but not in the report. */
  'missing_there',
] as const
export type DifferenceKind = (typeof differenceKinds)[number]

/** One difference. */
export interface Difference {
  readonly kind: DifferenceKind
  /** Where in the report; undefined where it is not in there. */
  readonly line: ReportLine | undefined
  /** The payment or the refund of ours; undefined where there is none. */
  readonly booked: BookedPayment | BookedRefund | undefined
  /** When our books say it happened, where the report does not say it. */
  readonly at: Date | undefined
}

/** What a line is about, and how it differs from our books. */
export type Match =
  | { readonly about: 'payment'; readonly booked: BookedPayment; readonly kinds: readonly DifferenceKind[] }
  | { readonly about: 'refund'; readonly booked: BookedRefund; readonly kinds: readonly DifferenceKind[] }
  /** Of ours, but of nothing in our books; `booked` comes nearest. */
  | {
      readonly about: 'unbooked'
      readonly booked?: BookedPayment | BookedRefund
      readonly kinds: readonly [DifferenceKind]
    }
  /** Of another system on our merchant account. */
  | { readonly about: 'foreign' }
  /** The account's own money, or costs. */
  | { readonly about: 'overhead' }

/** Compares a line of our merchant account with our books. That something comes twice is for others to notice. */
export function matchLine(line: ReportLine, books: LookedUp): Match {
  switch (journalOf(line.type)) {
    case 'settled':
      return matchSettled(line, books)
    case 'refunded':
      return matchRefunded(line, books)
    case 'reversal':
      return unbooked(line, books, 'not_in_books')
    case 'overhead':
      return { about: 'overhead' }
    case 'unknown':
      return line.merchantReference === '' && line.pspReference === ''
        ? { about: 'unbooked', kinds: ['unknown_type'] }
        : unbooked(line, books, 'unknown_type')
  }
}

function matchSettled(line: ReportLine, books: LookedUp): Match {
  const booked = paymentOf(line, books)
  if (booked === undefined) return unbooked(line, books, 'missing_here')
  if (isOther(line.pspReference, booked)) return { about: 'unbooked', booked, kinds: ['psp_reference'] }
  const kinds: DifferenceKind[] = []
  if (line.merchantReference !== booked.id) kinds.push('merchant_reference')
  if (!isSame(line.gross, booked.amount, 1n)) kinds.push('amount')
  if (booked.status !== 'authorised') kinds.push('status')
  return { about: 'payment', booked, kinds }
}

function matchRefunded(line: ReportLine, books: LookedUp): Match {
  const booked =
    books.refunds.get(line.modificationReference) ?? books.refunds.get(line.modificationMerchantReference)
  if (booked === undefined) return unbooked(line, books, 'unknown_refund')
  if (isOther(line.modificationReference, booked))
    return { about: 'unbooked', booked, kinds: ['psp_reference'] }
  const kinds: DifferenceKind[] = []
  // Whether Adyen repeats the payment's reference here or the refund's own is unverified: either names it.
  if (line.merchantReference !== booked.paymentId && line.merchantReference !== booked.id)
    kinds.push('merchant_reference')
  if (!isSame(line.gross, booked.amount, -1n)) kinds.push('amount')
  if (booked.status !== 'refunded') kinds.push('status')
  return { about: 'refund', booked, kinds }
}

/** A line that nothing in our books answers to: a difference where it is about us, and else none of our business. */
function unbooked(line: ReportLine, books: LookedUp, kind: DifferenceKind): Match {
  const booked = paymentOf(line, books)
  if (booked !== undefined) return { about: 'unbooked', booked, kinds: [kind] }
  return isIdForm('pay', line.merchantReference)
    ? { about: 'unbooked', kinds: ['missing_here'] }
    : { about: 'foreign' }
}

function paymentOf(line: ReportLine, { payments }: LookedUp): BookedPayment | undefined {
  return payments.get(line.merchantReference) ?? payments.get(line.pspReference)
}

/** Whether Adyen's own reference says that it is something else. One we never heard says nothing. */
function isOther(pspReference: string, booked: BookedPayment | BookedRefund): boolean {
  return booked.pspReference !== null && booked.pspReference !== pspReference
}

function isSame(money: Money, amount: Amount, sign: 1n | -1n): boolean {
  return money.currency === amount.currency && money.amount === sign * fromMinorUnits(amount)
}
