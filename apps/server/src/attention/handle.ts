import type { AttentionKind, HandleAttention } from '@tael/contracts'
import { sql } from 'kysely'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { HttpProblem } from '../http/problem.ts'
import { kinds } from './kinds.ts'

/**
 * Records that an operator handled an item as it was listed. Throws `attention_not_found` where
 * the item is not listed, `attention_changed` where it has changed since.
 */
export async function handleAttention(db: Db, action: OperatorAction, body: HandleAttention): Promise<void> {
  const { kind, subject, since, note } = body
  const changedAt = await findLastChange(db, kind, subject)
  if (changedAt === undefined) {
    throw new HttpProblem(
      'attention_not_found',
      `${subject} is not listed under ${kind}: read GET /ops/attention again.`,
    )
  }
  if (changedAt.getTime() !== Date.parse(since)) {
    const detail = `It changed at ${changedAt.toISOString()}: read GET /ops/attention again.`
    throw new HttpProblem('attention_changed', detail)
  }
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
    await recordAction(trx, { ...action, subject, detail: { kind, note } })
  })
}

/** When an unhandled item last changed. */
async function findLastChange(db: Db, kind: AttentionKind, subject: string): Promise<Date | undefined> {
  const { rows } = await sql<{ since: Date }>`
    select since from (${kinds[kind].items(db)}) as one (subject, payment_id, shopper_id, since)
    where subject = ${subject}`.execute(db)
  return rows[0]?.since
}
