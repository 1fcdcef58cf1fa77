import { SEARCH_HITS_MAX, type SearchMatch, type SearchResult } from '@tael/contracts'
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { idBoundary } from '../db/ids.ts'
import type { Openids } from '../openids/openids.ts'
import { type SummaryRow, toOrderSummary } from './list.ts'

const BEIJING_MS = 8 * 3_600_000
const DAY_MS = 24 * 3_600_000

/**
 * Finds the orders that a whole reference leads to, newest first: each kind of reference is looked up by
 * its index, all in one statement. Of a shopper, the newest orders.
 */
export async function search(db: Db, openids: Openids, text: string): Promise<SearchResult> {
  const selects = lookUps(text, openids).map(
    ([match, orders]) => sql`select ${match}::text as match, id from (${orders}) as one (id)`,
  )
  const { rows } = await sql<Hit>`
    with found as (${sql.join(selects, sql` union all `)})
    select match, orders.id, status, currency, value, shopper_id, reference, created_at, paid_at
    from found join orders on orders.id = found.id
    order by created_at desc, orders.id desc limit ${SEARCH_HITS_MAX}`.execute(db)
  return { hits: rows.map(({ match, ...order }) => ({ match, order: toOrderSummary(order) })) }
}

type Hit = SummaryRow & { readonly match: SearchMatch }

/** The select of the ids of orders for each kind of reference that a text may be. */
function lookUps(text: string, openids: Openids): readonly (readonly [SearchMatch, RawBuilder<unknown>])[] {
  const number = readOrderNumber(text)
  const hash = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : undefined
  return [
    ['order', sql`select id from orders where id = ${text}`],
    ['merchant_reference', sql`select id from orders where reference = ${text}`],
    ['payment', sql`select order_id from payments where id = ${text}`],
    ['payment_psp_reference', sql`select order_id from payments where psp_reference = ${text}`],
    ['wechat_transaction', sql`select order_id from payments where wechat_transaction_id = ${text}`],
    [
      'refund',
      sql`select order_id from refunds join payments on payments.id = payment_id where refunds.id = ${text}`,
    ],
    [
      'refund_psp_reference',
      sql`select order_id from refunds join payments on payments.id = payment_id where refunds.psp_reference = ${text}`,
    ],
    ['shopper', ofShopper(sql`${text}`)],
    ...(number === undefined ? [] : [['order_number', number] as const]),
    ...(hash === undefined ? [] : [['openid_hash', ofShopper(ofOpenid(hash, openids))] as const]),
  ]
}

/** The shopper with the openid of this SHA-256, whether it is stored in clear, as an index has it, or encrypted. */
function ofOpenid(hash: Buffer, openids: Openids): RawBuilder<unknown> {
  const inClear = sql`select id from shoppers where sha256(openid::bytea) = ${hash}`
  const values = openids.valuesOfHash(hash)
  if (values.length === 0) return sql`(${inClear})`
  return sql`(${inClear} union all select id from shoppers where openid = any(${values}) limit 1)`
}

function ofShopper(shopperId: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select id from orders where shopper_id = ${shopperId} order by created_at desc, id desc limit ${SEARCH_HITS_MAX})`
}

/** The orders with this number, as `orderNumber` of contracts writes it: of its day and with its digits. */
function readOrderNumber(text: string): RawBuilder<unknown> | undefined {
  const [, year, month, day, high, low] = /^(\d\d)(\d\d)(\d\d)[- ]?(\d{4})[- ]?(\d{4})$/.exec(text) ?? []
  if (year === undefined) return undefined
  const start = Date.UTC(2000 + Number(year), Number(month) - 1, Number(day)) - BEIJING_MS
  const [first, end] = [start, start + DAY_MS].map((ms) => idBoundary('ord', new Date(ms)))
  const digits = Number(`${high}${low}`)
  return sql`select id from orders
    where case when id ~ '^ord_[0-9a-f]{32}$' then ('x' || right(id, 12))::bit(48)::bigint % 100000000 end = ${digits}
      and id >= ${first} and id < ${end}`
}
