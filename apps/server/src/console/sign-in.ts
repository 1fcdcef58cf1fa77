import type { FastifyRequest } from 'fastify'
import { recordAction } from '../audit/record-action.ts'
import type { Db, Trx } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { HttpProblem } from '../http/problem.ts'
import { readSessionCookie } from '../operators/session-cookie.ts'
import { beginSession, endSession, type Person, putIdentity, type SignedIn } from '../operators/sessions.ts'
import { findKey, findKeyById, type KnownKey } from '../operators/store.ts'
import { useSignInLink } from './links.ts'

/** Begins a session with an operator's key, or with a link where links work. Returns its secret. */
export function signInWithKey(
  db: Db,
  request: FastifyRequest,
  secret: string,
  linksWork: boolean,
): Promise<string> {
  return inTransaction(db, async (trx) => {
    const key = checkKey(await findSignInKey(trx, secret, linksWork))
    return begin(trx, request, { keyId: key.id })
  })
}

/** Begins a session of a person whom the identity provider has named. Returns its secret. */
export function signInPerson(db: Db, request: FastifyRequest, person: Person): Promise<string> {
  return inTransaction(db, async (trx) =>
    begin(trx, request, { identityId: await putIdentity(trx, person) }, { role: person.role }),
  )
}

async function findSignInKey(trx: Trx, secret: string, linksWork: boolean): Promise<KnownKey | undefined> {
  const linked = linksWork ? await useSignInLink(trx, secret) : undefined
  return linked === undefined ? findKey(trx, secret) : findKeyById(trx, linked)
}

function checkKey(key: KnownKey | undefined): KnownKey {
  const detail =
    key === undefined ? 'Check the key: it is unknown.' : `Use another key: this one is ${key.ended}.`
  if (key === undefined || key.ended !== null) throw new HttpProblem('operator_unauthenticated', detail)
  if (!key.scopes.includes('payments:read'))
    throw new HttpProblem('scope_missing', 'Use a key with the scope payments:read: this one lacks it.')
  return key
}

/**
 * A session always has a new secret, and the one that the browser had before ends: whoever planted
 * or kept that one is not signed in by this.
 */
async function begin(
  trx: Trx,
  request: FastifyRequest,
  who: SignedIn,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const before = readSessionCookie(request)
  if (before !== undefined) await endSession(trx, before)
  const actor = 'keyId' in who ? who.keyId : who.identityId
  await recordAction(trx, { actor, action: 'session.begin', detail, requestId: request.id })
  return beginSession(trx, who)
}
