import type { Overview, OverviewMoney, OverviewSteps } from '@tael/contracts'
import { type RawBuilder, sql } from 'kysely'
import { toAmount } from '../db/amount.ts'
import type { Trx } from '../db/database.ts'
import type { Period } from './period.ts'

/** A payment follows its order by less than this: an order can be paid for two hours, one that its merchant extends longer. */
const PAYABLE = sql`interval '1 day'`

type Bucket = Overview['buckets'][number]

/** The sales of each interval of a period. Each statement reads from an index what happened in the period. */
export async function readSales(trx: Trx, period: Period): Promise<Bucket[]> {
  const steps = await countSteps(trx, period)
  const money = await addMoney(trx, period)
  return period.starts.map((start, place) => ({
    from: start.toISOString(),
    steps: steps.get(place) ?? { orders: 0, started: 0, cashier: 0, paid: 0 },
    money: money.get(place) ?? [],
  }))
}

async function countSteps(trx: Trx, period: Period): Promise<ReadonlyMap<number, OverviewSteps>> {
  const { rows } = await sql<OverviewSteps & { place: number }>`
    with made as (
      select id, ${placeOf(period, sql`created_at`)} as place, paid_at is not null as is_paid
      from orders where ${within(period, sql`created_at`)}
    ), opened as (
      select payment_id from payment_events
      where type = 'cashier_ready' and at >= ${period.starts[0]} and at < ${period.end}::timestamptz + ${PAYABLE}
    ), attempt as (
      select order_id, bool_or(payment_id is not null) as has_cashier
      from payments left join opened on payment_id = payments.id
      where created_at >= ${period.starts[0]} and created_at < ${period.end}::timestamptz + ${PAYABLE}
      group by order_id
    )
    select place, count(*)::int as orders, count(order_id)::int as started,
      count(*) filter (where has_cashier)::int as cashier, count(*) filter (where is_paid)::int as paid
    from made left join attempt on order_id = made.id group by place`.execute(trx)
  return new Map(rows.map(({ place, ...steps }) => [place, steps]))
}

/** What each currency moved in each interval in which it moved. */
async function addMoney(trx: Trx, period: Period): Promise<ReadonlyMap<number, OverviewMoney[]>> {
  const { rows } = await sql<MoneyRow>`
    select place, currency,
      count(*) filter (where what = 'paid')::int as paid,
      coalesce(sum(value) filter (where what = 'paid'), 0)::bigint as paid_value,
      count(*) filter (where what = 'refused')::int as refused,
      coalesce(sum(value) filter (where what = 'refused'), 0)::bigint as refused_value,
      count(*) filter (where what = 'refunded')::int as refunded,
      coalesce(sum(value) filter (where what = 'refunded'), 0)::bigint as refunded_value
    from (
      select 'paid' as what, ${placeOf(period, sql`paid_at`)} as place, currency, value
      from orders where ${within(period, sql`paid_at`)}
      union all
      select 'refused', ${placeOf(period, sql`created_at`)}, currency, value
      from payments where status in ('refused', 'error') and ${within(period, sql`created_at`)}
      union all
      select 'refunded', ${placeOf(period, sql`coalesce(outcome_at, updated_at)`)}, currency, value
      from refunds where status = 'refunded' and ${within(period, sql`coalesce(outcome_at, updated_at)`)}
    ) as moved group by place, currency order by place, currency`.execute(trx)
  const money = new Map<number, OverviewMoney[]>()
  for (const row of rows) money.set(row.place, [...(money.get(row.place) ?? []), toMoney(row)])
  return money
}

function toMoney(row: MoneyRow): OverviewMoney {
  return {
    currency: toAmount({ currency: row.currency, value: 0 }).currency,
    paid: { count: row.paid, value: row.paid_value },
    refused: { count: row.refused, value: row.refused_value },
    refunded: { count: row.refunded, value: row.refunded_value },
  }
}

interface MoneyRow {
  readonly place: number
  readonly currency: string
  readonly paid: number
  readonly paid_value: number
  readonly refused: number
  readonly refused_value: number
  readonly refunded: number
  readonly refunded_value: number
}

/** The place of the interval in which a time is, from 0. */
function placeOf({ starts, bucketMs }: Period, time: RawBuilder<unknown>): RawBuilder<number> {
  return sql`floor(extract(epoch from ${time} - ${starts[0]}::timestamptz)::float8 * 1000 / ${bucketMs}::int)::int`
}

function within({ starts, end }: Period, time: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`${time} >= ${starts[0]} and ${time} < ${end}`
}
