import type { Actor, AttentionKind, AttentionNote } from '@tael/contracts'
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

/** The most notes of one item that are shown: the newest. */
const NOTES_MAX = 20

/** Who handles items, and what was noted about them, each by its `keyOf`. */
export interface Work {
  readonly owners: ReadonlyMap<string, Actor>
  readonly notes: ReadonlyMap<string, readonly AttentionNote[]>
}

interface ItemName {
  readonly kind: AttentionKind
  readonly subject: string
}

/** A text that names an item. No kind contains a space. */
export function keyOf({ kind, subject }: ItemName): string {
  return `${kind} ${subject}`
}

/** The owners and notes of these items. */
export async function readWork(db: Db, items: readonly ItemName[]): Promise<Work> {
  const kinds = items.map(({ kind }) => kind)
  const subjects = items.map(({ subject }) => subject)
  const listed = sql`unnest(${kinds}::text[], ${subjects}::text[]) as item (kind, subject)`
  const { rows: owned } = await sql<ItemName & { owner: string; owner_name: string }>`
    select kind, subject, owner, owner_name from ${listed} join attention_owners using (kind, subject)`.execute(
    db,
  )
  const { rows: noted } = await sql<
    ItemName & { at: Date; author: string; author_name: string; note: string }
  >`
    select item.kind, item.subject, newest.at, newest.author, newest.author_name, newest.note
    from ${listed} cross join lateral (
      select id, at, author, author_name, note from attention_notes as one
      where one.kind = item.kind and one.subject = item.subject order by id desc limit ${NOTES_MAX}
    ) as newest order by newest.id`.execute(db)
  return {
    owners: new Map(owned.map((row) => [keyOf(row), { id: row.owner, name: row.owner_name }])),
    notes: new Map(
      [...Map.groupBy(noted, keyOf)].map(([key, rows]) => [
        key,
        rows.map(({ at, author, author_name, note }) => ({
          at: at.toISOString(),
          by: { id: author, name: author_name },
          note,
        })),
      ]),
    ),
  }
}
