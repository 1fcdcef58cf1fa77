import { type RawBuilder, sql } from 'kysely'

/** The tables that are listed newest first. */
type Listed = 'orders' | 'payments'

/** Of records older than the last one of the page before, whose id is the cursor; of all without it. */
export function isBefore(table: Listed, cursor: string | undefined): RawBuilder<boolean> {
  if (cursor === undefined) return sql<boolean>`true`
  const [name, createdAt, id] = [sql.table(table), sql.ref(`${table}.created_at`), sql.ref(`${table}.id`)]
  return sql<boolean>`(${createdAt}, ${id}) < (select created_at, id from ${name} as last where last.id = ${cursor})`
}

/** The rows of a page, of which one more than `limit` was read, and the cursor of the next page. */
export function cutPage<Row extends { readonly id: string | number }>(
  rows: readonly Row[],
  limit: number,
): { readonly page: readonly Row[]; readonly next: Row['id'] | null } {
  const page = rows.slice(0, limit)
  return { page, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null }
}
