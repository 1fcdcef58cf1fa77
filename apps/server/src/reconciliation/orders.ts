import { sql } from 'kysely'
import { describeAmount } from '../db/amount.ts'
import type { Trx } from '../db/database.ts'
import type { Mismatch } from './account.ts'

/** How many mismatches of one kind are reported: more of them have one cause. */
const EACH_MAX = 1000

/**
 * Reports orders and payments that break a rule: a paid order is paid by one payment, any other by
 * none; surplus is refunded whole, unless a refund failed or Adyen took it back; refunds never exceed
 * the payment.
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
      or (payments.surplus and payments.reversals = '{}' and count(*) filter (where refunds.status = 'failed') = 0
        and coalesce(sum(refunds.value) filter (where refunds.status <> 'failed'), 0) <> payments.value)
    order by payments.id limit ${EACH_MAX}
  `.execute(trx)
  return [
    ...orders.map(({ id, status, payers }) => ({
      subject: id,
      problem: `it is ${status}, but ${payers} payments pay it`,
    })),
    ...payments.map(({ id, currency, value, refunded }) => ({
      subject: id,
      problem: `${describeAmount({ currency, value: refunded })} of ${describeAmount({ currency, value })} is refunded`,
    })),
  ]
}
