import {
  type CreatedKey,
  type CreateKey,
  type KeyRecord,
  type OperatorScope,
  scopesOfRole,
} from '@tael/contracts'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Db, Trx } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { HttpProblem } from '../http/problem.ts'
import { createOperatorKey, findOperatorKey, type KeyRow, type Operator, revokeOperatorKey } from './store.ts'
import { LIMIT_RULE, mayBeLimited } from './refund-limit.ts'
import { toKeyRecord } from './view.ts'

/**
 * Creates a key for an operator or a merchant's backend, with its record in the audit. Throws
 * `scope_not_held` where it would have a scope that its creator may not give.
 */
export async function createKey(
  db: Db,
  creator: Operator,
  action: OperatorAction,
  body: CreateKey,
): Promise<CreatedKey> {
  const scopes = 'role' in body ? scopesOfRole[body.role] : body.scopes
  const refused = scopes.find((scope) => !mayGive(creator, scope))
  if (refused !== undefined)
    throw new HttpProblem(
      'scope_not_held',
      `Leave out ${refused}, or use a key that may give it: ${whoMayGive(refused)}.`,
    )
  const { refundLimit = null } = body
  if (refundLimit !== null && !mayBeLimited(scopes))
    throw new HttpProblem('validation_failed', LIMIT_RULE, {
      errors: [{ path: 'body/refundLimit', message: 'does not fit the scopes' }],
    })
  const name = body.name.trim()
  if (name === '') throw new HttpProblem('validation_failed', 'Send a name that is not blank.')
  const expiresAt = body.expiresAt === undefined ? null : new Date(body.expiresAt)
  return inTransaction(db, async (trx) => {
    const created = isTime(expiresAt)
      ? await createOperatorKey(trx, name, scopes, expiresAt, refundLimit)
      : undefined
    if (created === undefined)
      throw new HttpProblem('validation_failed', 'Send expiresAt as a time to come.', {
        errors: [{ path: 'body/expiresAt', message: 'must be a time to come' }],
      })
    await recordAction(trx, {
      ...action,
      subject: created.id,
      detail: { name, scopes, expiresAt, refundLimit },
    })
    return { ...toKeyRecord(await readKey(trx, created.id)), secret: created.key }
  })
}

/** Revokes a key, with its record in the audit; one that is revoked stays as it is. */
export async function revokeKey(db: Db, action: OperatorAction, id: string): Promise<KeyRecord> {
  return inTransaction(db, async (trx) => {
    if (await revokeOperatorKey(trx, id)) await recordAction(trx, { ...action, subject: id })
    return toKeyRecord(await readKey(trx, id))
  })
}

const isTime = (time: Date | null): boolean => time === null || !Number.isNaN(time.getTime())

/** No role has a scope of a merchant's backend: who has all of an admin's may give them. */
function mayGive({ scopes }: Operator, scope: OperatorScope): boolean {
  if (!scope.startsWith('merchant:')) return scopes.includes(scope)
  return scopesOfRole.admin.every((one) => scopes.includes(one))
}

function whoMayGive(scope: OperatorScope): string {
  return scope.startsWith('merchant:') ? 'one with every scope of an admin' : 'one that has it'
}

async function readKey(trx: Trx, id: string): Promise<KeyRow> {
  const key = await findOperatorKey(trx, id)
  if (key === undefined) throw new HttpProblem('key_not_found', 'Check the id: this key does not exist.')
  return key
}
