import { userInfo } from 'node:os'
import type { Actor } from '@tael/contracts'
import type { Db, Trx } from '../db/database.ts'

/**
 * What an operator did. `actor` is the id of a key or a person, or `command:` and the user who ran the command.
 */
export interface OperatorAction {
  readonly actor: string
  readonly action: string
  readonly subject?: string | undefined
  readonly detail?: Readonly<Record<string, unknown>>
  readonly requestId?: string
  /** A page read again what it shows: that is recorded once for a while. */
  readonly isRefresh?: boolean
}

/** Records what an operator did, in the transaction of the change where there is one. */
export async function recordAction(
  db: Db | Trx,
  { actor, action, subject, detail = {}, requestId, isRefresh = false }: OperatorAction,
): Promise<void> {
  if (isRefresh) return
  await db
    .insertInto('operator_actions')
    .values({
      actor,
      action,
      subject: subject ?? null,
      detail: JSON.stringify(detail),
      request_id: requestId ?? null,
    })
    .execute()
}

/** Who runs a command, with their name. */
export function commandOperator(): Actor {
  return { id: commandActor(), name: userInfo().username }
}

/** The actor of a command: the operating system's user. */
export function commandActor(): string {
  return `command:${userInfo().username}`
}
