import { sql } from 'kysely'
import type { Db, Trx } from '../db/database.ts'
import { HttpProblem } from '../http/problem.ts'
import type { Openids } from '../openids/openids.ts'

const OPENID_HASH = /^[0-9a-f]{64}$/i

/** The id of the shopper whom an operator names: by it, or by the SHA-256 of their openid in hex. Throws where there is none. */
export async function resolveShopper(db: Db, openids: Openids, named: string): Promise<string> {
  const hash = OPENID_HASH.test(named) ? Buffer.from(named, 'hex') : undefined
  if (hash === undefined) return named
  const { rows } = await sql<{ id: string }>`
    select id from shoppers where sha256(openid::bytea) = ${hash}
    union all select id from shoppers where openid = any(${openids.valuesOfHash(hash)}) limit 1`.execute(db)
  const [found] = rows
  if (found === undefined) throw shopperNotFound()
  return found.id
}

/** A shopper's row. Throws where there is none. */
export async function readShopper(trx: Trx, shopperId: string) {
  const shopper = await trx.selectFrom('shoppers').selectAll().where('id', '=', shopperId).executeTakeFirst()
  if (shopper === undefined) throw shopperNotFound()
  return shopper
}

function shopperNotFound(): HttpProblem {
  return new HttpProblem(
    'shopper_not_found',
    'Check the id: no shopper has it. The record of an order names its shopper.',
  )
}
