import { type Insertable, sql } from 'kysely'
import { currentTime, msUntil, timeIn } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'
import { hashToken } from '../db/hash-token.ts'
import type { OrderRow } from '../db/rows.ts'
import type { Database } from '../db/tables.ts'
import { ERASED } from '../openids/openids.ts'
import type { LockedOrder } from './lock.ts'

/** What a merchant says of an order. Each request says all of it. */
export interface MerchantTerms extends Pick<
  Insertable<Database['orders']>,
  'currency' | 'value' | 'shopper_id'
> {
  readonly description: NonNullable<OrderRow['description']>
  readonly metadata: NonNullable<OrderRow['metadata']>
  readonly request_hash: Buffer
  readonly pay_token_hash: Buffer | null
}

/** Locks an order by its merchant's reference until the transaction ends. */
export async function lockMerchantOrder(trx: Trx, reference: string): Promise<LockedOrder | undefined> {
  return trx
    .selectFrom('orders')
    .selectAll()
    .select(msUntil('expires_at').as('leftMs'))
    .where('reference', '=', reference)
    .forUpdate()
    .executeTakeFirst()
}

/**
 * Inserts an order of a merchant, open for this long. Undefined, with nothing changed: the reference
 * has an order, or had one by the time that another transaction committed.
 */
export async function insertMerchantOrder(
  trx: Trx,
  order: Pick<OrderRow, 'id' | 'late_money'> & { readonly reference: string },
  terms: MerchantTerms,
  lifetimeMs: number,
): Promise<OrderRow | undefined> {
  return trx
    .insertInto('orders')
    .values({
      ...order,
      ...toColumns(terms),
      status: 'open',
      lines: '[]',
      created_at: currentTime,
      expires_at: timeIn(lifetimeMs),
    })
    .onConflict((conflict) => conflict.column('reference').where('reference', 'is not', null).doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** Changes a locked open order of a merchant, which ends in this long. */
export async function changeMerchantOrder(
  trx: Trx,
  { id, version }: OrderRow,
  terms: MerchantTerms,
  lifetimeMs: number,
): Promise<OrderRow> {
  return trx
    .updateTable('orders')
    .set({ ...toColumns(terms), expires_at: timeIn(lifetimeMs), version: version + 1 })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

function toColumns({ description, metadata, ...terms }: MerchantTerms) {
  return { ...terms, description: JSON.stringify(description), metadata: JSON.stringify(metadata) }
}

/** Replaces the pay token of a locked order by another one. */
export async function replacePayToken(trx: Trx, { id }: OrderRow, hash: Buffer): Promise<void> {
  await trx.updateTable('orders').set({ pay_token_hash: hash }).where('id', '=', id).execute()
}

/**
 * Lets a shopper who presents the pay token of a locked order be its payer, where it has none yet.
 * Returns the order as it is then.
 */
export async function bindPayer(
  trx: Trx,
  order: LockedOrder,
  shopperId: string,
  payToken: string | undefined,
): Promise<LockedOrder> {
  if (order.shopper_id !== null || order.pay_token_hash === null || payToken === undefined) return order
  if (!hashToken(payToken).equals(order.pay_token_hash)) return order
  // A shopper who is erased at this moment becomes no payer: the lock waits for it, and then finds nobody.
  const bound = await sql`
    with payer as (
      select id from shoppers where id = ${shopperId} and openid_key is distinct from ${ERASED} for key share
    )
    update orders set shopper_id = payer.id from payer where orders.id = ${order.id}`.execute(trx)
  return bound.numAffectedRows === 1n ? { ...order, shopper_id: shopperId } : order
}
