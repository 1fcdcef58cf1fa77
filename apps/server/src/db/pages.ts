import { type RawBuilder, sql } from 'kysely'

/** The tables that are listed newest first, and the column by which. */
const listed = {
  orders: 'created_at',
  payments: 'created_at',
  settlements: 'created_at',
  refunds: 'created_at',
  operator_actions: 'at',
} as const

type Listed = keyof typeof listed

/** Of records older than the last one of the page before, whose id is the cursor; of all without it. */
export function isBefore(table: Listed, cursor: string | number | undefined): RawBuilder<boolean> {
  if (cursor === undefined) return sql<boolean>`true`
  const [at, id] = [sql.ref(`${table}.${listed[table]}`), sql.ref(`${table}.id`)]
  return sql<boolean>`(${at}, ${id}) < (select ${sql.ref(`last.${listed[table]}`)}, id from ${sql.table(table)} as last where last.id = ${cursor})`
}

/** Of records from `from` on and before `to`, each where it is given. */
export function isWithin(table: Listed, from: Date | undefined, to: Date | undefined): RawBuilder<boolean> {
  const at = sql.ref(`${table}.${listed[table]}`)
  const after = from === undefined ? sql`true` : sql`${at} >= ${from}`
  return to === undefined ? sql<boolean>`${after}` : sql<boolean>`${after} and ${at} < ${to}`
}

/** The rows of a page, of which one more than `limit` was read, and the cursor of the next page. */
export function cutPage<Row extends { readonly id: string | number }>(
  rows: readonly Row[],
  limit: number,
): { readonly page: readonly Row[]; readonly next: Row['id'] | null } {
  const page = rows.slice(0, limit)
  return { page, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null }
}
