import type { Trx } from '../db/database.ts'
import type { PaymentRow } from '../payments/view.ts'
import type { RefundRow } from './change.ts'

/** What of a refund decides how much a reversal gave back. */
type BesideReversal = Pick<
  RefundRow,
  'id' | 'value' | 'reason' | 'status' | 'is_reversal' | 'outcome_at' | 'psp_reference' | 'created_at'
>

/**
 * How much each reversal of a payment gave back, by its id: what the other refunds left of it then. Refunds that stand now
 * leave no more than the rest; one that failed only after the reversal had left as much less for it. Only what is known
 * counts, and not when it was heard, so the end is the same in whatever order news comes.
 */
function reversalValues(paid: number, refunds: readonly BesideReversal[]): ReadonlyMap<string, number> {
  const values = new Map<string, number>()
  const others = refunds.filter((one) => !one.is_reversal)
  for (const reversal of refunds.filter((one) => one.is_reversal).toSorted(byDate)) {
    const then = dateOf(reversal)
    const standing = others.filter(({ status }) => status !== 'failed')
    const stoodThen = others.filter((one) => wasMadeBy(then, one) && !hadFailedBy(then, one))
    const value = Math.max(0, paid - Math.max(sum(standing), sum(stoodThen)))
    values.set(reversal.id, value)
    others.push({ ...reversal, value })
  }
  return values
}

const sum = (refunds: readonly BesideReversal[]): number =>
  refunds.reduce((total, { value }) => total + value, 0)

const dateOf = ({ outcome_at, created_at }: BesideReversal): number => (outcome_at ?? created_at).getTime()

const byDate = (one: BesideReversal, other: BesideReversal): number =>
  dateOf(one) - dateOf(other) || ((one.psp_reference ?? '') < (other.psp_reference ?? '') ? -1 : 1)

/** When a refund by hand was made nobody tells: before what gave back the rest, or nothing had been left for it. */
const wasMadeBy = (then: number, { reason, created_at }: BesideReversal): boolean =>
  reason === 'external' || created_at.getTime() <= then

/** One that no webhook said to have failed was never made. */
const hadFailedBy = (then: number, { status, outcome_at }: BesideReversal): boolean =>
  status === 'failed' && (outcome_at === null || outcome_at.getTime() <= then)

/**
 * Writes one refund of a payment as it is `after` its change, and what that makes of the payment's other reversals: those
 * that shrink before it, so that no moment has more go back than was paid, and those that grow after it. `write` is told
 * what the refund itself gives back, where it is a reversal.
 */
export async function writeBesideReversals(
  trx: Trx,
  payment: PaymentRow,
  after: BesideReversal,
  write: (value: number) => Promise<unknown>,
): Promise<void> {
  const others = await trx
    .selectFrom('refunds')
    .selectAll()
    .where('payment_id', '=', payment.id)
    .where('id', '<>', after.id)
    .execute()
  const values = reversalValues(payment.value, [...others, after])
  const set = async (isDue: (change: number) => boolean): Promise<void> => {
    for (const { id, value: old } of others) {
      const value = values.get(id) ?? old
      if (!isDue(value - old)) continue
      await trx.updateTable('refunds').set({ value, updated_at: new Date() }).where('id', '=', id).execute()
    }
  }
  await set((change) => change < 0)
  await write(values.get(after.id) ?? after.value)
  await set((change) => change > 0)
}
