import type { Trx } from '../db/database.ts'
import type { PaymentRow } from '../payments/view.ts'
import type { RefundRow } from './change.ts'

/** A reversal: a refund, made in the Customer Area, of whatever the other refunds left. */
type Reversal = RefundRow & { readonly reversed_at: Date }

/**
 * How much each reversal of a payment gave back, by its id: what was paid, less the refunds that stood when it was made. One
 * that stands itself leaves room for every other that does, so that no more goes back than was paid. Only what is known
 * counts, and not when it was heard, so the end is the same in whatever order news comes.
 */
function reversalValues(paid: number, refunds: readonly RefundRow[]): ReadonlyMap<string, number> {
  const values = new Map<string, number>()
  const others = refunds.filter((one) => !isReversal(one))
  for (const reversal of refunds.filter(isReversal).toSorted(byDate)) {
    const stoodThen = others.filter((one) => stoodAt(reversal.reversed_at, one))
    const standing = reversal.status === 'failed' ? [] : others.filter(({ status }) => status !== 'failed')
    const value = Math.max(0, paid - Math.max(sum(stoodThen), sum(standing)))
    values.set(reversal.id, value)
    others.push({ ...reversal, value })
  }
  return values
}

const isReversal = (refund: RefundRow): refund is Reversal => refund.reversed_at !== null

const byDate = (one: Reversal, other: Reversal): number =>
  one.reversed_at.getTime() - other.reversed_at.getTime() ||
  ((one.psp_reference ?? '') < (other.psp_reference ?? '') ? -1 : 1)

const sum = (refunds: readonly RefundRow[]): number => refunds.reduce((total, { value }) => total + value, 0)

/**
 * What is said of a refund that was made before it failed. Every other failure is one of asking: nothing ever went back
 * (docs.adyen.com, Refund webhooks).
 */
const failsAfterwards: ReadonlySet<string | null> = new Set(['REFUND_FAILED', 'REFUNDED_REVERSED'])

/** Whether a refund had been made by then and had not failed. Of one by hand the last word on it is the only date. */
function stoodAt(
  then: Date,
  { reason, status, created_at, reversed_at, outcome_code, outcome_at }: RefundRow,
): boolean {
  const madeAt = reversed_at ?? (reason === 'external' ? outcome_at : created_at)
  if (status !== 'failed') return madeAt !== null && madeAt <= then
  if (!failsAfterwards.has(outcome_code) || outcome_at === null || outcome_at <= then) return false
  return reason === 'external' || created_at <= then
}

/** How much a refund gives back from now on, beside the one that was heard of. */
export interface Revalued {
  readonly refundId: string
  readonly value: number
}

/**
 * Writes one refund of a payment as it is `after` its change, and what that makes of the payment's other reversals: those
 * that shrink before it, so that no moment has more go back than was paid, and those that grow after it. `write` is told
 * what the refund itself gives back. Returns the others that changed.
 */
export async function writeBesideReversals(
  trx: Trx,
  payment: PaymentRow,
  after: RefundRow,
  write: (value: number) => Promise<unknown>,
): Promise<readonly Revalued[]> {
  const others = await trx
    .selectFrom('refunds')
    .selectAll()
    .where('payment_id', '=', payment.id)
    .where('id', '<>', after.id)
    .execute()
  const values = reversalValues(payment.value, [...others, after])
  const changed = others
    .map(({ id, value: old }) => ({ refundId: id, value: values.get(id) ?? old, old }))
    .filter(({ value, old }) => value !== old)
  const set = ({ refundId, value }: Revalued): Promise<unknown> =>
    trx.updateTable('refunds').set({ value }).where('id', '=', refundId).execute()
  for (const one of changed.filter(({ value, old }) => value < old)) await set(one)
  await write(values.get(after.id) ?? after.value)
  for (const one of changed.filter(({ value, old }) => value > old)) await set(one)
  return changed.map(({ refundId, value }) => ({ refundId, value }))
}
