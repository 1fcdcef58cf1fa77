import { sql } from 'kysely'
import type { Trx } from '../db/database.ts'
import type { Mismatch } from './account.ts'

/** How many mismatches of one kind are reported: more of them have one cause. */
const EACH_MAX = 1000

/**
 * Reports orders of a merchant whose events differ from what became of them: each end, each surplus,
 * each reversal of money and each state of a refund has been reported once.
 */
export async function checkMerchantEvents(trx: Trx): Promise<Mismatch[]> {
  return [...(await checkEnds(trx)), ...(await checkPayments(trx)), ...(await checkRefunds(trx))]
}

async function checkEnds(trx: Trx): Promise<Mismatch[]> {
  const { rows } = await sql<{ id: string; status: string; types: string | null }>`
    select orders.id, orders.status, string_agg(type, ', ' order by event.version) as types
    from orders left join merchant_events as event on event.order_id = orders.id and type like 'order.%'
    where reference is not null
    group by orders.id
    having coalesce(array_agg(type order by event.version) filter (where type is not null), '{}')
      <> case
        when orders.status = 'open' then '{}'
        when orders.status = 'paid' and bool_or(event.data ->> 'late' = 'true') then array['order.expired', 'order.paid']
        else array['order.' || orders.status]
      end
    order by orders.id limit ${EACH_MAX}`.execute(trx)
  return rows.map(({ id, status, types }) => ({
    subject: id,
    problem: `it is ${status}, but its merchant's events are: ${types ?? 'none'}`,
  }))
}

async function checkPayments(trx: Trx): Promise<Mismatch[]> {
  const { rows } = await sql<{ id: string }>`
    with reported as (
      select data ->> 'paymentId' as id, count(*) filter (where type = 'payment.surplus') as surpluses,
        coalesce(array_agg(data ->> 'reversal' order by data ->> 'reversal' collate "C")
          filter (where type = 'payment.reversed'), '{}') as reversals
      from merchant_events where type in ('payment.surplus', 'payment.reversed') group by 1
    )
    select payments.id
    from payments join orders on orders.id = order_id left join reported on reported.id = payments.id
    where reference is not null and (
      coalesce(surpluses, 0) <> surplus::int
      or coalesce(reported.reversals, '{}') <> case
        when payments.status = 'authorised'
        then array(select code from unnest(payments.reversals) as code order by code collate "C") else '{}' end
    )
    order by payments.id limit ${EACH_MAX}`.execute(trx)
  return rows.map(({ id }) => ({
    subject: id,
    problem: "its surplus and its reversals are not those of its merchant's events",
  }))
}

async function checkRefunds(trx: Trx): Promise<Mismatch[]> {
  const { rows } = await sql<{ id: string; status: string }>`
    with reported as (
      select distinct on (data -> 'refund' ->> 'id') data -> 'refund' ->> 'id' as id,
        data -> 'refund' ->> 'status' as status, (data -> 'refund' -> 'amount' ->> 'value')::bigint as value
      from merchant_events where type = 'refund.updated'
      order by data -> 'refund' ->> 'id', version desc
    )
    select refunds.id, refunds.status
    from refunds join payments on payments.id = payment_id join orders on orders.id = order_id
      left join reported on reported.id = refunds.id
    where reference is not null and (reported.status, reported.value) is distinct from (refunds.status, refunds.value)
    order by refunds.id limit ${EACH_MAX}`.execute(trx)
  return rows.map(({ id, status }) => ({
    subject: id,
    problem: `it is ${status}, but the last event of its merchant says something else`,
  }))
}
