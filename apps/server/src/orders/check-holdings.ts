import type { CreateOrder } from '@tael/contracts'
import { sql } from 'kysely'
import type { Config } from '../config.ts'
import { timeAgo } from '../db/clock.ts'
import { prepared } from '../db/prepared.ts'
import { HttpProblem } from '../http/problem.ts'
import { ERASED } from '../openids/openids.ts'
import type { PricedProduct } from './store.ts'

/** For how long an order that was closed unpaid counts against its shopper. */
const LAPSE_MEMORY_MS = 24 * 3_600_000

/** What a shopper has reserved and not paid, and what they may hold. */
export interface Holdings {
  /** Reserved pieces, by product. */
  readonly reserved: Readonly<Record<string, number>>
  readonly piecesMax: number
  /** The largest part of the unsold stock of a product, from 0 to 1. */
  readonly share: number
}

/**
 * Locks a shopper until the transaction ends, so that orders side by side do not exceed together what they may hold.
 * No row where the shopper was erased meanwhile.
 */
export const shopperToLock = prepared<{ shopperId: string }, { readonly id: string }>((db, value) =>
  db
    .selectFrom('shoppers')
    .select('id')
    .where('id', '=', value('shopperId'))
    .where('openid_key', 'is distinct from', ERASED)
    .forNoKeyUpdate(),
)

/**
 * What a shopper holds and may hold. Whoever let orders lapse may hold less: each beyond the first
 * divides what they may hold. Throws `too_many_open_orders` where no other order may be opened.
 */
export function limitHoldings(
  row: HoldingsRow | undefined,
  { holdings: { ordersMax, piecesMax, stockPercent } }: Config['shop'],
): Holdings {
  if (row === undefined) throw new Error('A select without from returned no row.')
  const { open, lapsed, reserved } = row
  const divisor = Math.max(1, lapsed)
  const allowed = Math.max(1, Math.floor(ordersMax / divisor))
  if (open >= allowed) {
    const detail = `Pay or cancel an open order first: ${open} are open, and ${allowed} are allowed.`
    throw new HttpProblem('too_many_open_orders', detail)
  }
  return {
    reserved,
    piecesMax: Math.max(1, Math.floor(piecesMax / divisor)),
    share: stockPercent / 100 / divisor,
  }
}

export interface HoldingsRow {
  readonly open: number
  readonly lapsed: number
  readonly reserved: Readonly<Record<string, number>>
}

/**
 * An order lapsed where it expired, or where its shopper cancelled it after half of its time: both
 * held the stock in vain. An order of a merchant holds none.
 */
export const holdingsOf = prepared<{ shopperId: string }, HoldingsRow>(
  (_db, value) => sql<HoldingsRow>`
    select held.* from (with open as (
      select lines from orders where shopper_id = ${value('shopperId')} and status = 'open' and reference is null
    ), lapsed as (
      select from orders
      where shopper_id = ${value('shopperId')} and expires_at > ${timeAgo(LAPSE_MEMORY_MS)} and reference is null and (
        status = 'expired' or status = 'cancelled' and cancelled_at > created_at + (expires_at - created_at) / 2
      )
    ), reserved as (
      select line ->> 'productId' as product_id, sum((line ->> 'quantity')::int)::int as pieces
      from open, jsonb_array_elements(lines) as line group by 1
    )
    select (select count(*) from open)::int as open, (select count(*) from lapsed)::int as lapsed,
      coalesce((select jsonb_object_agg(product_id, pieces) from reserved), '{}') as reserved) as held`,
)

/**
 * Throws `too_many_pieces`, with how many pieces are still allowed, where a shopper would reserve
 * more than they may hold: in all, or of one product. One piece of each is always allowed.
 */
export function checkHoldings(
  { reserved, piecesMax, share }: Holdings,
  lines: CreateOrder['lines'],
  products: ReadonlyMap<string, PricedProduct>,
): void {
  for (const { productId, quantity } of lines) {
    const unsold = products.get(productId)?.unsold ?? 0
    const left = Math.max(1, Math.ceil(unsold * share)) - (reserved[productId] ?? 0)
    if (quantity > left) refuse(left, productId)
  }
  const left = piecesMax - sum(Object.values(reserved))
  if (sum(lines.map(({ quantity }) => quantity)) > left) refuse(left)
}

const sum = (pieces: readonly number[]): number => pieces.reduce((total, one) => total + one, 0)

function refuse(left: number, productId?: string): never {
  const available = Math.max(0, left)
  const what = productId === undefined ? 'pieces' : `pieces of ${productId}`
  const detail = `Order at most ${available} more ${what}, or pay or cancel an open order first.`
  throw new HttpProblem('too_many_pieces', detail, {
    available,
    ...(productId === undefined ? {} : { productId }),
  })
}
