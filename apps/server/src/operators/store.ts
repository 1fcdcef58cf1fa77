import type { Actor, Amount, OperatorScope } from '@tael/contracts'
import type { Expression, ExpressionBuilder, Selectable, SqlBool } from 'kysely'
import type { Db, Trx } from '../db/database.ts'
import { toAmount } from '../db/amount.ts'
import { newId } from '../db/ids.ts'
import { currentTime } from '../db/clock.ts'
import { hashToken, newToken } from '../db/hash-token.ts'
import type { Database } from '../db/tables.ts'

/** A new operator's key, which is shown once. */
export interface NewOperatorKey {
  readonly id: string
  readonly key: string
}

/** An operator, by the key of their request; `id` is the key's. */
export interface Operator extends Actor {
  readonly scopes: readonly OperatorScope[]
  /** What they may refund of one payment by themselves; null: whatever is left of it. */
  readonly refundLimit: Amount | null
}

/** A key that exists, and why it opens nothing any more. */
export interface KnownKey extends Operator {
  readonly ended: 'revoked' | 'expired' | null
}

/**
 * Creates a key for an operator, which ends at `expiresAt`, if at all. Only its hash is stored.
 * Undefined, with nothing changed: that time has passed.
 */
export async function createOperatorKey(
  trx: Trx,
  name: string,
  scopes: readonly OperatorScope[],
  expiresAt: Date | null,
  refundLimit: Amount | null = null,
): Promise<NewOperatorKey | undefined> {
  const id = newId('opk')
  const key = `tael_${newToken()}`
  const { ended } = await trx
    .selectNoFrom((eb) => eb(eb.val(expiresAt), '<=', currentTime).as('ended'))
    .executeTakeFirstOrThrow()
  if (ended === true) return undefined
  await trx
    .insertInto('operator_keys')
    .values({
      id,
      name,
      key_hash: hashToken(key),
      scopes: [...scopes],
      expires_at: expiresAt,
      revoked_at: null,
      refund_limit_currency: refundLimit?.currency ?? null,
      refund_limit_value: refundLimit?.value ?? null,
    })
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

/** The key with this secret. Undefined: it is unknown. */
export function findKey(db: Db | Trx, key: string): Promise<KnownKey | undefined> {
  return findKeyWhere(db, (eb) => eb('key_hash', '=', hashToken(key)))
}

/** The key with this id. Undefined: it is unknown. */
export function findKeyById(db: Db | Trx, id: string): Promise<KnownKey | undefined> {
  return findKeyWhere(db, (eb) => eb('id', '=', id))
}

async function findKeyWhere(
  db: Db | Trx,
  which: (eb: ExpressionBuilder<Database, 'operator_keys'>) => Expression<SqlBool>,
): Promise<KnownKey | undefined> {
  const found = await db
    .selectFrom('operator_keys')
    .select(['id', 'name', 'scopes', 'revoked_at', 'refund_limit_currency', 'refund_limit_value'])
    .select((eb) => eb('expires_at', '<=', currentTime).as('is_expired'))
    .where(which)
    .executeTakeFirst()
  if (found === undefined) return undefined
  const { id, name, scopes } = found
  return { id, name, scopes, refundLimit: toRefundLimit(found), ended: endOf(found) }
}

/** Why a key opens nothing any more. */
export function endOf(key: {
  readonly revoked_at: Date | null
  readonly is_expired: unknown
}): KnownKey['ended'] {
  if (key.revoked_at !== null) return 'revoked'
  return key.is_expired === true ? 'expired' : null
}

/** The columns of a key's limit. */
type LimitColumns = Pick<
  Selectable<Database['operator_keys']>,
  'refund_limit_currency' | 'refund_limit_value'
>

/** The limit of a key as an amount; null where it has none. */
export function toRefundLimit({
  refund_limit_currency: currency,
  refund_limit_value: value,
}: LimitColumns): Amount | null {
  return currency === null || value === null ? null : toAmount({ currency, value })
}

/** The columns of a key as operators see it. */
export type KeyRow = Pick<
  Selectable<Database['operator_keys']>,
  | 'id'
  | 'name'
  | 'refund_limit_currency'
  | 'refund_limit_value'
  | 'scopes'
  | 'created_at'
  | 'expires_at'
  | 'revoked_at'
> & { readonly is_expired: unknown }

/** Every key that was ever created, without its secret, oldest first. */
export async function listOperatorKeys(db: Db): Promise<KeyRow[]> {
  return keyRows(db).orderBy('created_at').orderBy('id').execute()
}

/** A key, without its secret. Undefined: it does not exist. */
export async function findOperatorKey(db: Db | Trx, id: string): Promise<KeyRow | undefined> {
  return keyRows(db).where('id', '=', id).executeTakeFirst()
}

function keyRows(db: Db | Trx) {
  return db
    .selectFrom('operator_keys')
    .select(['id', 'name', 'scopes', 'created_at', 'expires_at', 'revoked_at'])
    .select(['refund_limit_currency', 'refund_limit_value'])
    .select((eb) => eb('expires_at', '<=', currentTime).as('is_expired'))
}
