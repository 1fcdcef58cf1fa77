import type { FastifyBaseLogger } from 'fastify'
import { sql } from 'kysely'
import { ConfigError } from '../config.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { ERASED, type Openids } from './openids.ts'

/** How many shoppers one transaction moves, so that none takes long. */
const SLICE_SIZE = 500

interface MovedOpenids {
  readonly moved: number
  readonly left: readonly string[]
}

/**
 * Stores every openid as the configuration wants it: under the newest key, or in clear, and logs how many. After
 * `end` (by `performance.now()`) it begins no other slice. Those that a shopper of a second row has already are
 * left alone: two servers that stored openids differently let one person log in first at the same moment.
 */
export async function moveOpenids(
  db: Db,
  openids: Openids,
  { end, log }: { readonly end: number; readonly log: FastifyBaseLogger },
): Promise<void> {
  const from = [null, ...openids.keyIds].filter((keyId) => keyId !== openids.newestKeyId)
  let moved = 0
  const left: string[] = []
  for (const keyId of from) {
    for (let after: string | undefined = ''; after !== undefined && performance.now() < end;) {
      const slice = await moveSlice(db, openids, keyId, after)
      moved += slice.moved
      left.push(...slice.left)
      after = slice.last
    }
  }
  if (moved > 0) log.info({ shoppers: moved, key: openids.newestKeyId }, 'openids are stored anew')
  if (left.length > 0) log.warn({ shoppers: left }, 'openids of two shoppers each: left as they are')
}

async function moveSlice(
  db: Db,
  openids: Openids,
  keyId: string | null,
  after: string,
): Promise<MovedOpenids & { readonly last: string | undefined }> {
  return inTransaction(db, async (trx) => {
    const shoppers = await trx
      .selectFrom('shoppers')
      .select(['id', 'openid', 'openid_sealed', 'openid_key'])
      .where('openid_key', keyId === null ? 'is' : '=', keyId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(SLICE_SIZE)
      .forNoKeyUpdate()
      .execute()
    const ids = new Set<string>()
    for (const shopper of shoppers) {
      const openid = openids.read(shopper)
      if (openid === undefined) continue
      const stored = openids.store(shopper.id, openid)
      const { rows } = await sql<{ id: string }>`
        update shoppers set openid = ${stored.openid}, openid_sealed = ${stored.openid_sealed}::bytea,
          openid_key = ${stored.openid_key}::text
        where id = ${shopper.id} and not exists (
          select from shoppers as other where other.openid = ${stored.openid} and other.id <> ${shopper.id}
        ) returning id`.execute(trx)
      for (const { id } of rows) ids.add(id)
    }
    return {
      moved: ids.size,
      left: shoppers.map(({ id }) => id).filter((id) => !ids.has(id)),
      last: shoppers.length < SLICE_SIZE ? undefined : shoppers.at(-1)?.id,
    }
  })
}

/** Throws a ConfigError where an openid is encrypted under a key that is not configured. */
export async function checkOpenidKeys(db: Db, openids: Openids): Promise<void> {
  const known = [ERASED, ...openids.keyIds]
  const { rows } = await sql<{ key: string }>`
    select openid_key as key from shoppers where openid_key <> all(${known}) limit 1`.execute(db)
  const [unknown] = rows
  if (unknown === undefined) return
  throw new ConfigError([
    `PERSONAL_DATA_KEYS lacks the key ${unknown.key}, under which openids of this database are encrypted: add it at the end`,
  ])
}
