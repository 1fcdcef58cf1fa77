import { type RawBuilder, sql } from 'kysely'

/**
 * PostgreSQL's clock, which all servers share. Every time that is stored, or compared with a stored
 * one, is read from it: a server's own clock may be minutes off, and only measures how long
 * something takes. It is the time of the statement, because whoever waited for a lock would still
 * have the earlier `now()` of their transaction.
 */
export const currentTime: RawBuilder<Date> = sql`statement_timestamp()`

/** The time so many milliseconds from now. */
export function timeIn(ms: number): RawBuilder<Date> {
  return timeInSeconds(sql`${ms / 1000}`)
}

/** The same, of seconds that a statement has as a value. */
export function timeInSeconds(seconds: RawBuilder<number>): RawBuilder<Date> {
  return sql`statement_timestamp() + make_interval(secs => ${seconds})`
}

/** The time so many milliseconds ago. */
export function timeAgo(ms: number): RawBuilder<Date> {
  return timeIn(-ms)
}

/** How many milliseconds are left until the time in a column; not positive once it has come. */
export function msUntil(column: string): RawBuilder<number> {
  return sql`extract(epoch from ${sql.ref(column)} - statement_timestamp())::float8 * 1000`
}

/** How many milliseconds have passed since the time in a column. */
export function msSince(column: string): RawBuilder<number> {
  return sql`extract(epoch from statement_timestamp() - ${sql.ref(column)})::float8 * 1000`
}
