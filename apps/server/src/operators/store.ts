import { randomBytes } from 'node:crypto'
import type { OperatorScope } from '@tael/contracts'
import type { Db, Trx } from '../db/database.ts'
import { currentTime } from '../db/clock.ts'
import { newId } from '../db/ids.ts'
import { hashToken } from '../db/hash-token.ts'

const SECRET_BYTES = 32

/** A new operator's key, which is shown once. */
export interface NewOperatorKey {
  readonly id: string
  readonly key: string
}

/** An operator, by the key of their request. */
export interface Operator {
  readonly id: string
  readonly name: string
  readonly scopes: readonly OperatorScope[]
}

/** Creates a key for an operator. Only its hash is stored. */
export async function createOperatorKey(
  trx: Trx,
  name: string,
  scopes: readonly OperatorScope[],
): Promise<NewOperatorKey> {
  const id = newId('opk')
  const key = `tael_${randomBytes(SECRET_BYTES).toString('base64url')}`
  await trx
    .insertInto('operator_keys')
    .values({ id, name, key_hash: hashToken(key), scopes: [...scopes], revoked_at: null })
    .execute()
  return { id, key }
}

/** Revokes a key. False where it does not exist or was revoked before. */
export async function revokeOperatorKey(trx: Trx, id: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('operator_keys')
    .set({ revoked_at: currentTime })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** The operator with this key. Undefined: the key is unknown or revoked. */
export async function findOperator(db: Db, key: string): Promise<Operator | undefined> {
  return db
    .selectFrom('operator_keys')
    .select(['id', 'name', 'scopes'])
    .where('key_hash', '=', hashToken(key))
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
}

/** Every key that was ever created, without its secret, oldest first. */
export async function listOperatorKeys(db: Db) {
  return db
    .selectFrom('operator_keys')
    .select(['id', 'name', 'scopes', 'created_at', 'revoked_at'])
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}
