import type { AttentionItem } from '@tael/contracts'
import { sql } from 'kysely'

/**
 * True where no operator has handled the item since it last changed. The API shows milliseconds,
 * the database stores microseconds.
 */
export function isUnhandled(kind: AttentionItem['kind'], subject: string, since: string) {
  return sql<boolean>`not exists (
    select from attention_handled
    where kind = ${kind} and subject = ${sql.ref(subject)}::text
      and since >= date_trunc('milliseconds', ${sql.ref(since)})
  )`
}
