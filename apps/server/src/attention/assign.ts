import type { Actor, AssignAttention } from '@tael/contracts'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Db, Trx } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { HttpProblem } from '../http/problem.ts'
import { checkListed } from './find-listed.ts'

/**
 * Lets an operator take an item that nobody else has, or releases it whoever has it, with the audit
 * record in one transaction. Of two operators the first takes it. Repeating it changes nothing.
 */
export async function assignAttention(
  db: Db,
  action: OperatorAction,
  operator: Actor,
  body: AssignAttention,
): Promise<void> {
  const { kind, subject, owner } = body
  await checkListed(db, body)
  await inTransaction(db, async (trx) => {
    if (owner === null) {
      const before = await release(trx, body)
      if (before !== undefined)
        await recordAction(trx, { ...action, subject, detail: { kind, owner, before } })
    } else if (await take(trx, body, operator)) {
      await recordAction(trx, { ...action, subject, detail: { kind, owner: operator.id } })
    }
  })
}

type Item = Pick<AssignAttention, 'kind' | 'subject'>

/** Returns false where they had it before. */
async function take(trx: Trx, { kind, subject }: Item, { id, name }: Actor): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await trx
    .insertInto('attention_owners')
    .values({ kind, subject, owner: id, owner_name: name })
    .onConflict((conflict) => conflict.columns(['kind', 'subject']).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows > 0n) return true
  const present = await trx
    .selectFrom('attention_owners')
    .select(['owner', 'owner_name'])
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .executeTakeFirst()
  if (present?.owner === id) return false
  const ownerName = present?.owner_name ?? 'another operator'
  throw new HttpProblem('attention_assigned', `Release it first: ${ownerName} has taken it.`)
}

/** Returns who had it; undefined where nobody had. */
async function release(trx: Trx, { kind, subject }: Item): Promise<string | undefined> {
  const released = await trx
    .deleteFrom('attention_owners')
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .returning('owner')
    .executeTakeFirst()
  return released?.owner
}
