import type { RefundStatus } from '@tael/contracts'
import type { Selectable } from 'kysely'
import type { Database } from '../db/tables.ts'
import { applyEvent, type Books, type Cause } from '../payments/apply.ts'
import type { LockedPayment } from '../payments/store.ts'
import { writeBesideReversals } from './reversals.ts'

export type RefundRow = Selectable<Database['refunds']>

/** What is heard of a refund: Adyen's answer, or a webhook with its code and time. */
export interface RefundNews {
  readonly to: Exclude<RefundStatus, 'requested'>
  readonly pspReference?: string
  readonly webhook?: { readonly eventCode: string; readonly eventDate: Date }
}

const rank: Readonly<Record<RefundStatus, number>> = { requested: 0, received: 1, refunded: 2, failed: 3 }

/**
 * Whether news overrules what is known. Webhooks overrule answers. Of two webhooks the later one counts, because Adyen
 * may report an outcome twice and correct it (adyen.md: duplicates may differ); but what the scheme did after a success
 * (REFUND_FAILED, REFUNDED_REVERSED) overrules the success, whenever it was dated. A total order: the end is the same in
 * whatever order news comes, and however often.
 */
export function overrules(
  news: RefundNews,
  known: Pick<RefundRow, 'status' | 'outcome_code' | 'outcome_at'>,
): boolean {
  const { to, webhook } = news
  const later = weigh(webhook?.eventCode ?? null, webhook?.eventDate ?? null, to)
  const earlier = weigh(known.outcome_code, known.outcome_at, known.status)
  const decisive = later.findIndex((weight, index) => weight !== earlier[index])
  return decisive !== -1 && (later[decisive] ?? 0) > (earlier[decisive] ?? 0)
}

/** What comes after a refund was reported as made, and overrules that. */
const afterSuccess: ReadonlySet<string> = new Set(['REFUND_FAILED', 'REFUNDED_REVERSED'])

/** How much a word on a refund weighs: what kind it is, when it was said, what it says. */
function weigh(code: string | null, at: Date | null, status: RefundStatus): readonly number[] {
  const kind = code === null ? 0 : afterSuccess.has(code) ? 2 : 1
  return [kind, at?.getTime() ?? 0, rank[status]]
}

/**
 * Writes down news of a refund, with the event among those of its payment. But for how much a reversal gave back, nothing
 * else changes a refund.
 */
export async function changeRefund(
  books: Books,
  locked: LockedPayment,
  refundId: string,
  news: RefundNews,
  cause: Cause,
): Promise<void> {
  const { trx } = books
  const refund = await trx
    .selectFrom('refunds')
    .selectAll()
    .where('id', '=', refundId)
    .executeTakeFirstOrThrow()
  const overruled = overrules(news, refund)
  const reversedAt = laterOf(
    refund.reversed_at,
    news.webhook?.eventCode === 'CANCEL_OR_REFUND' ? news.webhook.eventDate : null,
  )
  const changes = {
    ...(overruled
      ? {
          status: news.to,
          outcome_code: news.webhook?.eventCode ?? null,
          outcome_at: news.webhook?.eventDate ?? null,
        }
      : {}),
    ...(refund.psp_reference === null && news.pspReference !== undefined
      ? { psp_reference: news.pspReference }
      : {}),
    ...(reversedAt?.getTime() === refund.reversed_at?.getTime() ? {} : { reversed_at: reversedAt }),
  } satisfies Partial<RefundRow>
  const isReplayed = cause.source === 'webhook' && cause.replayed
  const hasChanged = Object.keys(changes).length > 0
  if (!hasChanged && isReplayed) return
  const write = (value: number): Promise<unknown> =>
    trx
      .updateTable('refunds')
      .set({ ...changes, value, updated_at: new Date() })
      .where('id', '=', refundId)
      .execute()
  const reversals = hasChanged
    ? await writeBesideReversals(trx, locked.payment, { ...refund, ...changes }, write)
    : []
  const beside = reversals.length === 0 ? {} : { reversals }
  await applyEvent(books, locked, { type: 'refund_news', refundId, heard: news.to, ...beside }, cause)
}

function laterOf(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other
  return one > other ? one : other
}
