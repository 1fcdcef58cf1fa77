import { readFile } from 'node:fs/promises'
import { expect, inject, test } from 'vitest'
import { impersonalColumns, jobColumns, type PersonalColumns, personalData } from '../src/privacy/data-map.ts'
import { createDatabase, Database } from './actors/database.ts'

const page = await readFile(new URL('../../../docs/privacy.md', import.meta.url), 'utf8')
const entries = [...personalData.shoppers, ...personalData.others]

function toRow({ columns, holds, why, kept, seenBy, erased }: PersonalColumns): string {
  return `| ${columns.map((column) => `\`${column}\``).join(', ')} | ${[holds, why, kept, seenBy, erased].join(' | ')} |`
}

test('every column of the database is in the data map: as personal, or as one that is not', async () => {
  const database = new Database(await createDatabase(inject('postgresUrl'), inject('preparedDatabase')))
  const rows = await database.rows(
    `select table_schema as schema, table_name as table, column_name as column from information_schema.columns
     where table_schema not in ('pg_catalog', 'information_schema')`,
  )
  await database.close()
  const [ours, jobs] = [
    rows.filter(({ schema }) => schema === 'public'),
    rows.filter(({ schema }) => schema === 'pgboss'),
  ]
  expect(ours.length + jobs.length).toBe(rows.length)
  const personal = entries.flatMap(({ columns }) => columns)
  const other = Object.entries(impersonalColumns).flatMap(([table, columns]) =>
    columns.split(' ').map((column) => `${table}.${column}`),
  )
  const known = [...personal.filter((column) => !column.startsWith('pgboss.')), ...other]
  expect(ours.map(({ table, column }) => `${String(table)}.${String(column)}`).toSorted()).toEqual(
    known.toSorted(),
  )
  const ofJobs = jobs
    .filter(
      ({ table, column }) => /^job(_common)?$/.test(String(table)) && jobColumns.includes(String(column)),
    )
    .map(({ table, column }) => `pgboss.${String(table)}.${String(column)}`)
  expect(ofJobs.toSorted()).toEqual(personal.filter((column) => column.startsWith('pgboss.')).toSorted())
})

test('docs/privacy.md has a row for each personal column, and no other', () => {
  const rows = page.split('\n').filter((line) => /^\| `[a-z_]+\.[a-z_]+/.test(line))
  expect(rows).toEqual(entries.map(toRow))
})
