import type { HandleAttention } from '@tael/contracts'
import { sql } from 'kysely'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { checkListed } from './find-listed.ts'

/**
 * Records that an operator handled an item as it was listed, which nobody owns afterwards. Throws
 * `attention_not_found` where the item is not listed, `attention_changed` where it has changed since.
 */
export async function handleAttention(db: Db, action: OperatorAction, body: HandleAttention): Promise<void> {
  const { kind, subject, since, note } = body
  await checkListed(db, body)
  await inTransaction(db, async (trx) => {
    await trx
      .insertInto('attention_handled')
      .values({ kind, subject, since: new Date(since), actor: action.actor, note })
      .onConflict((conflict) =>
        conflict.columns(['kind', 'subject']).doUpdateSet({
          since: sql<Date>`greatest(attention_handled.since, excluded.since)`,
          handled_at: sql<Date>`now()`,
          actor: action.actor,
          note,
        }),
      )
      .execute()
    await trx.deleteFrom('attention_owners').where('kind', '=', kind).where('subject', '=', subject).execute()
    await recordAction(trx, { ...action, subject, detail: { kind, note } })
  })
}
