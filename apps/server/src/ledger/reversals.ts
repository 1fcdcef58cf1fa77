import type { RefundRow } from '../db/rows.ts'

/** A reversal: a refund, made in the Customer Area, of all that the other refunds left. */
type Reversal = RefundRow & { readonly reversed_at: Date }

/**
 * The amount, in minor units, of each reversal of a payment, by its id: the paid amount less the
 * refunds that counted when it was made, but never so much that refunds exceed the payment.
 * It depends only on the refunds, not on their order of arrival.
 */
export function reversalValues(paid: number, refunds: readonly RefundRow[]): ReadonlyMap<string, number> {
  const values = new Map<string, number>()
  const others = refunds.filter((refund) => !isReversal(refund))
  for (const reversal of refunds.filter(isReversal).toSorted(compareByDate)) {
    const countedThen = others.filter((refund) => countedAt(reversal.reversed_at, refund))
    const countingNow = reversal.status === 'failed' ? [] : others.filter(({ status }) => status !== 'failed')
    const value = Math.max(0, paid - Math.max(sumOf(countedThen), sumOf(countingNow)))
    values.set(reversal.id, value)
    others.push({ ...reversal, value })
  }
  return values
}

const isReversal = (refund: RefundRow): refund is Reversal => refund.reversed_at !== null

const compareByDate = (left: Reversal, right: Reversal): number =>
  left.reversed_at.getTime() - right.reversed_at.getTime() ||
  ((left.psp_reference ?? '') < (right.psp_reference ?? '') ? -1 : 1)

const sumOf = (refunds: readonly RefundRow[]): number =>
  refunds.reduce((total, { value }) => total + value, 0)

/**
 * The event codes of a refund that failed after it was made. Every other failure is a failed
 * request: no money was returned (docs.adyen.com, Refund webhooks).
 */
export const failedAfterSuccess: ReadonlySet<string | null> = new Set(['REFUND_FAILED', 'REFUNDED_REVERSED'])

/** Whether a refund had been made at a time and had not failed by then. */
function countedAt(
  then: Date,
  { reason, status, created_at, reversed_at, outcome_code, outcome_at }: RefundRow,
): boolean {
  // The only date of a refund made in the Customer Area is that of its latest webhook.
  const madeAt = reversed_at ?? (reason === 'external' ? outcome_at : created_at)
  if (status !== 'failed') return madeAt !== null && madeAt <= then
  if (!failedAfterSuccess.has(outcome_code) || outcome_at === null || outcome_at <= then) return false
  return reason === 'external' || created_at <= then
}
