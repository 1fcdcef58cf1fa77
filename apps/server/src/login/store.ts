import { sql } from 'kysely'
import { timeIn } from '../db/clock.ts'
import type { Db, Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import { ERASED, type Openids } from '../openids/openids.ts'

/**
 * The shopper's id of an openid, created at the first login. The row of an openid that was stored in
 * clear, or under an older key, is found too; that of a shopper who is erased is not.
 */
export async function findOrCreateShopper(db: Db | Trx, openids: Openids, openid: string): Promise<string> {
  const shopperId = newId('sh')
  const stored = openids.store(shopperId, openid)
  const { rows } = await sql<{ id: string }>`
    with found as (
      select id, created_at from shoppers where openid = any(${openids.valuesOf(openid)}) for key share
    ), made as (
      insert into shoppers (id, openid, openid_sealed, openid_key)
      select ${shopperId}, ${stored.openid}, ${stored.openid_sealed}::bytea, ${stored.openid_key}::text
      where not exists (select from found)
      -- Another request was faster. The update changes nothing, but makes it return the existing row.
      on conflict (openid) do update set openid = excluded.openid
      returning id
    )
    (select id from found order by created_at, id limit 1) union all select id from made`.execute(db)
  const [shopper] = rows
  if (shopper === undefined) throw new Error('A shopper was neither found nor made.')
  return shopper.id
}

/** Begins a session of this length. Returns when it expires; undefined where the shopper was erased meanwhile. */
export async function insertSession(
  db: Db,
  tokenHash: Buffer,
  shopperId: string,
  lifetimeMs: number,
): Promise<Date | undefined> {
  const { rows } = await sql<{ expires_at: Date }>`
    insert into sessions (token_hash, shopper_id, expires_at)
    select ${tokenHash}::bytea, id, ${timeIn(lifetimeMs)} from shoppers
    where id = ${shopperId} and openid_key is distinct from ${ERASED} for key share
    returning expires_at`.execute(db)
  return rows[0]?.expires_at
}

export async function endSession(db: Db, tokenHash: Buffer): Promise<void> {
  await db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute()
}
