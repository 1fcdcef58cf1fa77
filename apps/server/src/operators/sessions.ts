import { type OperatorRole, scopesOfRole } from '@tael/contracts'
import { sql } from 'kysely'
import { currentTime, timeIn } from '../db/clock.ts'
import type { Db, Trx } from '../db/database.ts'
import { hashToken, newToken } from '../db/hash-token.ts'
import { newId } from '../db/ids.ts'
import { endOf, type KnownKey, toRefundLimit } from './store.ts'

const MINUTE_MS = 60_000
/** A session ends this long after its operator last worked in the page, */
const SESSION_IDLE_MS = 30 * MINUTE_MS
/** and this long after the sign-in in any case: a working day. */
const SESSION_MS = 12 * 60 * MINUTE_MS

/** Whoever signs in: with a key, or as a person of an identity provider. */
export type SignedIn = { readonly keyId: string } | { readonly identityId: string }

/** A session that exists, and whether it or its key has ended. */
export interface KnownSession extends KnownKey {
  readonly isOver: boolean
  readonly idleEndsAt: Date
  readonly endsAt: Date
}

/** Begins a session. Returns its secret, of which only the hash is stored. */
export async function beginSession(trx: Trx, who: SignedIn): Promise<string> {
  const secret = newToken()
  await trx
    .insertInto('console_sessions')
    .values({
      token_hash: hashToken(secret),
      key_id: 'keyId' in who ? who.keyId : null,
      identity_id: 'identityId' in who ? who.identityId : null,
      idle_ends_at: timeIn(SESSION_IDLE_MS),
      ends_at: timeIn(SESSION_MS),
    })
    .execute()
  return secret
}

/**
 * The session with this secret, with what its operator may do at this moment: a change of their key
 * applies to the next request. Undefined: it is unknown, or it was ended.
 */
export async function findSession(db: Db | Trx, secret: string): Promise<KnownSession | undefined> {
  const found = await db
    .selectFrom('console_sessions as session')
    .leftJoin('operator_keys as key', 'key.id', 'session.key_id')
    .leftJoin('operator_identities as person', 'person.id', 'session.identity_id')
    .select(['key.refund_limit_currency', 'key.refund_limit_value'])
    .select(['session.idle_ends_at', 'session.ends_at', 'key.scopes', 'key.revoked_at', 'person.role'])
    .select((eb) => [
      eb.fn.coalesce('key.id', 'person.id').as('id'),
      eb.fn.coalesce('key.name', 'person.name').as('name'),
      eb('key.expires_at', '<=', currentTime).as('is_expired'),
      sql<boolean>`least(session.idle_ends_at, session.ends_at) <= ${currentTime}`.as('is_over'),
    ])
    .where('session.token_hash', '=', hashToken(secret))
    .executeTakeFirst()
  if (found === undefined || found.id === null || found.name === null) return undefined
  const { role } = found
  return {
    id: found.id,
    name: found.name,
    scopes: found.scopes ?? (role === null ? [] : scopesOfRole[role]),
    // A person of an identity provider has no limit, as a key that was made without one.
    refundLimit: toRefundLimit(found),
    ended: endOf(found),
    isOver: found.is_over,
    idleEndsAt: found.idle_ends_at,
    endsAt: found.ends_at,
  }
}

/** Keeps a session from ending while its operator works. */
export async function extendSession(db: Db, secret: string): Promise<void> {
  await db
    .updateTable('console_sessions')
    .set({ idle_ends_at: timeIn(SESSION_IDLE_MS) })
    .where('token_hash', '=', hashToken(secret))
    .execute()
}

/** Ends a session, if it exists. */
export async function endSession(db: Db | Trx, secret: string): Promise<void> {
  await db.deleteFrom('console_sessions').where('token_hash', '=', hashToken(secret)).execute()
}

/** Ends every session of an operator, by the id of their key or identity. Returns how many there were. */
export async function endSessionsOf(trx: Trx, operatorId: string): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('console_sessions')
    .where((eb) => eb.or([eb('key_id', '=', operatorId), eb('identity_id', '=', operatorId)]))
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** A person as an identity provider describes them. */
export interface Person {
  readonly issuer: string
  readonly subject: string
  readonly name: string
  readonly role: OperatorRole
}

/** Records a person who signs in, with their present name and role. Returns their id. */
export async function putIdentity(trx: Trx, person: Person): Promise<string> {
  const { name, role } = person
  const { id } = await trx
    .insertInto('operator_identities')
    .values({ id: newId('opi'), ...person })
    .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doUpdateSet({ name, role }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}
