import type { AuditQuery, AuditRecords } from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { cutPage, isBefore, isWithin } from '../db/pages.ts'
import { readMoment } from '../http/moment.ts'

const PAGE_SIZE = 50

/** A page of what operators and merchants' backends did, newest first, with the names of their keys. */
export async function listAudit(
  db: Db,
  { actor, action, subject, from, to, before, limit = PAGE_SIZE }: AuditQuery,
): Promise<AuditRecords> {
  const rows = await db
    .selectFrom('operator_actions')
    .leftJoin('operator_keys', 'operator_keys.id', 'operator_actions.actor')
    .selectAll('operator_actions')
    .select('operator_keys.name as actor_name')
    .where((eb) =>
      eb.and({
        ...(actor === undefined ? {} : { actor }),
        ...(action === undefined ? {} : { action }),
        ...(subject === undefined ? {} : { subject }),
      }),
    )
    .where(isWithin('operator_actions', readMoment('from', from), readMoment('to', to)))
    .where(isBefore('operator_actions', before))
    .orderBy('operator_actions.at', 'desc')
    .orderBy('operator_actions.id', 'desc')
    .limit(limit + 1)
    .execute()
  const { page, next } = cutPage(rows, limit)
  const actions = page.map(({ at, actor_name, request_id, ...one }) => ({
    ...one,
    at: at.toISOString(),
    actorName: actor_name,
    requestId: request_id,
  }))
  return { actions, next }
}
