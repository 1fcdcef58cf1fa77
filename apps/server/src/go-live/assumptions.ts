import { Check } from '@sinclair/typebox/value'
import { Currency, formatAmount } from '@tael/contracts'
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

/** What no page of Adyen or WeChat says. docs/going-live.md has the same list, which a test compares. */
export const assumptions = {
  answer_shape: 'where the first answer has the cashier parameters, how they are spelled, and their signType',
  first_result: 'the first resultCode, and whether pspReference and paymentData are in that answer',
  cancel_answer: 'how Adyen answers `requestPayment:fail cancel`',
  failure_answer: 'how Adyen answers other failures of the cashier',
  webhook_alone:
    'whether a webhook confirms a payment whose `/payments/details` was never called, and how soon',
  offer_closed: 'when OFFER_CLOSED arrives for an abandoned payment',
  cancel_closes: 'whether `POST /cancels` closes an unpaid attempt, and which webhook says so',
  wechat_number: "whether `additionalData` of a webhook holds WeChat's transaction id, and under which name",
  smallest_amount: 'the smallest amount that was paid',
  refund_age: 'how old a payment was that was refunded',
} as const
export type AssumptionId = keyof typeof assumptions

/** What the records say of an assumption; null while nothing has happened that would. */
export interface Learned {
  readonly assumption: AssumptionId
  readonly found: string | null
}

/** WeChat's transaction ids have 28 digits (pay.weixin.qq.com). */
const TRANSACTION_ID = '^[0-9]{28}$'

/** The events and the webhooks of the first payments: their ids begin at 1. */
const FIRST_MAX = 50_000
const events = sql`(select * from payment_events where id <= ${sql.lit(FIRST_MAX)})`
const webhooks = sql`(select * from webhook_items where id <= ${sql.lit(FIRST_MAX)})`

/** Compares what happened to the first payments with each assumption: the answers that differ, a few of each. */
export async function compareAssumptions(db: Db): Promise<readonly Learned[]> {
  const found: Readonly<Record<AssumptionId, string | null>> = {
    answer_shape: await findShape(db),
    first_result: await findFirstResult(db),
    cancel_answer: await findReturnAnswer(db, true),
    failure_answer: await findReturnAnswer(db, false),
    webhook_alone: await findWebhookAlone(db),
    offer_closed: await findOfferClosed(db),
    cancel_closes: await findCancelled(db),
    wechat_number: await findTransactionId(db),
    smallest_amount: await findSmallestAmount(db),
    refund_age: await findRefundAge(db),
  }
  return Object.keys(assumptions)
    .filter((id): id is AssumptionId => Object.hasOwn(assumptions, id))
    .map((assumption) => ({ assumption, found: found[assumption] }))
}

/** The first column of each row of a query, joined; null without rows. */
async function textsOf(db: Db, query: ReturnType<typeof sql<{ text: string }>>): Promise<string | null> {
  const { rows } = await query.execute(db)
  return rows.length === 0 ? null : rows.map(({ text }) => text).join('; ')
}

function findShape(db: Db): Promise<string | null> {
  return textsOf(
    db,
    sql`select distinct format('%s with %s, signType %s', detail #>> '{answer,shape}', detail #>> '{answer,names}',
        coalesce(detail #>> '{answer,signType}', 'absent')) as text
      from ${events} ready where type = 'cashier_ready' and detail #> '{answer}' is not null
      order by text limit 5`,
  )
}

function findFirstResult(db: Db): Promise<string | null> {
  return textsOf(
    db,
    sql`select distinct format('%s, %s pspReference, %s paymentData', detail #>> '{result,resultCode}',
        case when detail #>> '{answer,withReference}' = 'true' then 'with' else 'without' end,
        case when detail #>> '{answer,withData}' = 'true' then 'with' else 'without' end) as text
      from ${events} ready where type = 'cashier_ready' and detail #> '{answer}' is not null
      order by text limit 5`,
  )
}

/** The answer to `/payments/details` that follows a return from the cashier without money. */
function findReturnAnswer(db: Db, isCancel: boolean): Promise<string | null> {
  return textsOf(
    db,
    sql`select distinct coalesce(answer.detail #>> '{result,resultCode}', answer.type) as text
      from ${events} returned, lateral (
        select type, detail from payment_events
        where payment_id = returned.payment_id and version > returned.version and source = 'adyen'
        order by version limit 1
      ) answer
      where returned.type = 'returned_unpaid'
        and (returned.detail ->> 'paymentStatus' ~ 'cancel') = ${isCancel}
      order by text limit 5`,
  )
}

/** A payment that only a webhook reported as paid: no answer of Adyen's followed the cashier. */
function findWebhookAlone(db: Db): Promise<string | null> {
  return textsOf(
    db,
    sql`select format('yes, %s s after the cashier could open', round(extract(epoch from paid.at - ready.at))) as text
      from ${events} paid join payment_events ready using (payment_id)
      where paid.type = 'authorisation' and paid.to_status = 'authorised' and paid.from_status <> 'authorised'
        and ready.type = 'cashier_ready' and not exists (
          select from adyen_calls where payment_id = paid.payment_id and operation = 'payments/details'
        )
      order by paid.id limit 3`,
  )
}

function findOfferClosed(db: Db): Promise<string | null> {
  return textsOf(
    db,
    sql`select format('%s min after the attempt began', round(extract(epoch from closed.at - payments.created_at) / 60)) as text
      from ${events} closed join payments on payments.id = closed.payment_id
      where closed.type = 'offer_closed' order by closed.id limit 3`,
  )
}

function findCancelled(db: Db): Promise<string | null> {
  return textsOf(
    db,
    sql`select distinct format('%s; %s', answered.detail ->> 'answer', coalesce((
        select format('%s success=%s, %s', detail ->> 'eventCode', detail ->> 'success',
          case when item.original_reference = '' then 'without originalReference' else 'with originalReference' end)
        from payment_events cancelled left join webhook_items item on item.id = cancelled.webhook_id
        where cancelled.payment_id = answered.payment_id and cancelled.type = 'cancellation' limit 1
      ), 'no webhook followed')) as text
      from ${events} answered where answered.type = 'cancel_answered' order by text limit 3`,
  )
}

function findTransactionId(db: Db): Promise<string | null> {
  return textsOf(
    db,
    sql`select case when count(name) = 0 then 'no field of it holds 28 digits'
        else 'yes: ' || string_agg(distinct name, ', ') end as text
      from ${webhooks} applied left join lateral (
        select key as name from json_each_text(
          case when json_typeof(item -> 'additionalData') = 'object' then item -> 'additionalData' else '{}' end
        ) where value ~ ${TRANSACTION_ID} and key ~ '^[A-Za-z0-9_.-]{1,80}$'
      ) named on true
      where event_code = 'AUTHORISATION' and success and state = 'applied'
      having count(*) > 0`,
  )
}

async function findSmallestAmount(db: Db): Promise<string | null> {
  const paid = await db
    .selectFrom('payments')
    .select((eb) => ['currency', eb.fn.min('value').as('value')])
    .where('status', '=', 'authorised')
    .groupBy('currency')
    .execute()
  const amounts = paid.map(({ currency, value }) =>
    Check(Currency, currency) ? formatAmount({ currency, value }) : `${value} ${currency}`,
  )
  return amounts.length === 0 ? null : amounts.join('; ')
}

function findRefundAge(db: Db): Promise<string | null> {
  return textsOf(
    db,
    sql`select format('%s h', round(max(extract(epoch from refunds.created_at - payments.created_at)) / 3600)) as text
      from refunds join payments on payments.id = refunds.payment_id
      where refunds.status = 'refunded' having count(*) > 0`,
  )
}
