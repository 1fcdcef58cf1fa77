import { sql } from 'kysely'
import { listAttention } from '../attention/list.ts'
import { timeAgo } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'
import { openStatuses } from '../ledger/transition.ts'

/** So many of one kind are named. */
const NAMED_MAX = 3
/** A prepay_id lives two hours, and Adyen repeats a webhook that we missed for longer. */
const LATE_MONEY_MS = 24 * 3_600_000

/**
 * Why a shopper cannot be erased yet, in words that say what to wait for or to do: an order or money of
 * theirs is undecided, something is still to be sent, or an operator must look. Empty: nothing hinders it.
 */
export async function findObstacles(trx: Trx, shopperId: string): Promise<readonly string[]> {
  // Of calls the index by payment is wanted, not the one of everybody's unanswered calls: hence no `is null`.
  const { rows } = await sql<{ words: string }>`
    with theirs as materialized (
      select id, status, deliver_to, first_shipped_at from orders where shopper_id = ${shopperId}
    ), payment as materialized (
      select payments.*, deliver_to, first_shipped_at
      from theirs join payments on payments.order_id = theirs.id
    )
    select 'Wait until the order ' || id || ' is paid or closed: it is open.' as words
    from theirs where status = 'open'
    union all
    select 'Wait for the outcome of the payment ' || id || ': it is ' || status || '.'
    from payment where status in (${sql.join(openStatuses)})
    union all
    select 'Wait until a day after the start of the payment ' || id || ': its money may still arrive.'
    from payment where created_at > ${timeAgo(LATE_MONEY_MS)}
      and status not in (${sql.join(openStatuses)}, 'authorised')
    union all
    select 'Wait for Adyen: a call of the payment ' || id || ' to ' || operation || ' is unanswered.'
    from payment join adyen_calls on payment_id = id where coalesce(answered_at, 'infinity') = 'infinity'
    union all
    select 'Wait for the outcome of the refund ' || refunds.id || ': it is ' || refunds.status || '.'
    from payment join refunds on payment_id = payment.id where refunds.status not in ('refunded', 'failed')
    union all
    select 'Wait until the shipment of the order ' || order_id || ' is uploaded to WeChat.'
    from theirs join shipments on order_id = theirs.id where upload = 'requested'
    union all
    select 'Ship the order ' || order_id || ', or refund it: it is paid, and its address is needed.'
    from payment where pays_order and deliver_to is not null and first_shipped_at is null and value > (
      select coalesce(sum(refunds.value), 0) from refunds where payment_id = payment.id and refunds.status <> 'failed'
    )`.execute(trx)
  const { items } = await listAttention(trx, { shopperId, limit: NAMED_MAX })
  return [
    ...rows.slice(0, NAMED_MAX).map(({ words }) => words),
    ...items.map(({ kind, subject }) => `Handle what needs attention first: ${kind} of ${subject}.`),
  ]
}
