import type { AttentionKind } from '@tael/contracts'
import { sql } from 'kysely'
import type { Db, Trx } from '../db/database.ts'
import { HttpProblem } from '../http/problem.ts'
import { itemColumns, kinds } from './kinds.ts'

/** An item as a caller saw it listed. */
export interface Listed {
  readonly kind: AttentionKind
  readonly subject: string
  readonly since: string
}

/**
 * Throws `attention_not_found` where the item is not listed, `attention_changed` where it has changed
 * since it was.
 */
export async function checkListed(db: Db | Trx, { kind, subject, since }: Listed): Promise<void> {
  const { rows } = await sql<{ since: Date }>`
    select since from (${kinds[kind].items(db)}) as one (${itemColumns})
    where subject = ${subject}`.execute(db)
  const changedAt = rows[0]?.since
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
}
