import { DatabaseSync } from 'node:sqlite'

/** Opens the shop's own orders. They knew nothing of Tael but for the three last columns. */
export function openDatabase(file) {
  const database = new DatabaseSync(file)
  database.exec(`
    pragma journal_mode = wal;
    create table if not exists orders (
      reference text primary key,
      product text not null,
      currency text not null,
      value integer not null,
      status text not null default 'open',
      -- The version of Tael's order that the status is of: an older event changes nothing.
      version integer not null default 0
    ) strict;
    -- Events that were processed, by their id: Tael sends each at least once.
    create table if not exists events (id text primary key) strict;
    -- What the warehouse ships. The primary key lets an order be shipped once.
    create table if not exists shipments (reference text primary key) strict;
  `)
  return database
}

/** Runs `work` in one transaction, and returns its result. */
export function transaction(database, work) {
  database.exec('begin immediate')
  try {
    const result = work()
    database.exec('commit')
    return result
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}
