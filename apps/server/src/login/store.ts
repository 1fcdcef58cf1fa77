import type { Insertable } from 'kysely'
import type { Db } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import type { Database } from '../db/tables.ts'

/** The shopper's id of an openid, created at the first login. */
export async function findOrCreateShopper(db: Db, openid: string): Promise<string> {
  const { id } = await db
    .insertInto('shoppers')
    .values({ id: newId('sh'), openid })
    // The update changes nothing, but makes `returning` return the existing row.
    .onConflict((conflict) => conflict.column('openid').doUpdateSet({ openid }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export async function insertSession(db: Db, session: Insertable<Database['sessions']>): Promise<void> {
  await db.insertInto('sessions').values(session).execute()
}

export async function endSession(db: Db, tokenHash: Buffer): Promise<void> {
  await db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute()
}
