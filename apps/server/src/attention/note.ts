import type { Actor, NoteAttention } from '@tael/contracts'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { checkListed } from './find-listed.ts'

/** Adds a note to an item that stays open, with the audit record in one transaction. */
export async function noteAttention(
  db: Db,
  action: OperatorAction,
  operator: Actor,
  body: NoteAttention,
): Promise<void> {
  const { kind, subject, note } = body
  await checkListed(db, body)
  await inTransaction(db, async (trx) => {
    await trx
      .insertInto('attention_notes')
      .values({ kind, subject, author: operator.id, author_name: operator.name, note })
      .execute()
    await recordAction(trx, { ...action, subject, detail: { kind, note } })
  })
}
