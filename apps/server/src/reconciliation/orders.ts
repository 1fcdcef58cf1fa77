import { sql } from 'kysely'
import { describeAmount } from '../db/amount.ts'
import type { Trx } from '../db/database.ts'
import type { Mismatch } from './account.ts'

/** How many differences of one kind are told: more of them is one fault, not many. */
const EACH_MAX = 1000

/**
 * A paid order is paid by one payment, any other by none; what is surplus goes back, all of it, or its refund failed and
 * waits for a person; what goes back is never more than was paid.
 */
export async function checkOrders(trx: Trx): Promise<Mismatch[]> {
  const { rows: orders } = await sql<{ id: string; status: string; payers: number }>`
    select orders.id, orders.status, count(payments.id) as payers
    from orders left join payments on payments.order_id = orders.id and pays_order and payments.status = 'authorised'
    group by orders.id having (orders.status = 'paid') <> (count(payments.id) = 1)
    order by orders.id limit ${EACH_MAX}
  `.execute(trx)
  const { rows: payments } = await sql<{ id: string; currency: string; value: number; refunded: number }>`
    select payments.id, payments.currency, payments.value,
      coalesce(sum(refunds.value) filter (where refunds.status <> 'failed'), 0)::bigint as refunded
    from payments left join refunds on refunds.payment_id = payments.id
    group by payments.id
    having coalesce(sum(refunds.value) filter (where refunds.status <> 'failed'), 0) > payments.value
      or (payments.surplus and count(*) filter (where refunds.status = 'failed') = 0
        and coalesce(sum(refunds.value) filter (where refunds.status <> 'failed'), 0) <> payments.value)
    order by payments.id limit ${EACH_MAX}
  `.execute(trx)
  return [
    ...orders.map(({ id, status, payers }) => ({
      subject: id,
      problem: `it is ${status} and ${payers} payments pay it`,
    })),
    ...payments.map(({ id, currency, value, refunded }) => ({
      subject: id,
      problem: `${describeAmount({ currency, value: refunded })} is refunded of ${describeAmount({ currency, value })}`,
    })),
  ]
}
