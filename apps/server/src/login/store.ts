import { timeIn } from '../db/clock.ts'
import type { Db, Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'

/** The shopper's id of an openid, created at the first login. */
export async function findOrCreateShopper(db: Db | Trx, openid: string): Promise<string> {
  const { id } = await db
    .insertInto('shoppers')
    .values({ id: newId('sh'), openid })
    // The update changes nothing, but makes `returning` return the existing row.
    .onConflict((conflict) => conflict.column('openid').doUpdateSet({ openid }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Begins a session of this length. Returns when it expires. */
export async function insertSession(
  db: Db,
  tokenHash: Buffer,
  shopperId: string,
  lifetimeMs: number,
): Promise<Date> {
  const { expires_at } = await db
    .insertInto('sessions')
    .values({ token_hash: tokenHash, shopper_id: shopperId, expires_at: timeIn(lifetimeMs) })
    .returning('expires_at')
    .executeTakeFirstOrThrow()
  return expires_at
}

export async function endSession(db: Db, tokenHash: Buffer): Promise<void> {
  await db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute()
}
