import type { Db } from '../db/database.ts'
import { HttpProblem } from '../http/problem.ts'
import type { CurrentSession } from '../operators/authenticate.ts'
import { findSession } from '../operators/sessions.ts'

/** A session that was just begun or extended. It can have ended meanwhile, by its operator elsewhere. */
export async function readSession(db: Db, secret: string): Promise<CurrentSession> {
  const session = await findSession(db, secret)
  if (session === undefined)
    throw new HttpProblem('operator_unauthenticated', 'Sign in again: the session has ended.')
  return { ...session, secret }
}
