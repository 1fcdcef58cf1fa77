import type { Db, Trx } from '../db/database.ts'

/** What an operator did. `actor` is a key's id, or `command` and the name of whoever ran it on the command line. */
export interface OperatorAction {
  readonly actor: string
  readonly action: string
  readonly subject?: string | undefined
  readonly detail?: Readonly<Record<string, unknown>>
  readonly requestId?: string
}

/** Writes down who did what; in the transaction of what was done, where it changed something. */
export async function recordAction(
  db: Db | Trx,
  { actor, action, subject, detail = {}, requestId }: OperatorAction,
): Promise<void> {
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
