import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, inject, test } from 'vitest'
import { createDatabase, Database } from './actors/database.ts'
import { createDb } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'

const migrations = new URL('../migrations/', import.meta.url)

/** The migrations up to and with this one, in a folder of their own. */
async function migrationsUpTo(last: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-migrations-'))
  for (const file of await readdir(migrations))
    if (file <= last) await copyFile(new URL(file, migrations), path.join(folder, file))
  return folder
}

test('the events of an earlier release are renamed with their details, and then only grow', async () => {
  const database = new Database(await createDatabase(inject('postgresUrl')))
  const db = createDb(database.pool)
  const earlier = await migrationsUpTo('0008_z')
  await migrate(db, pathToFileURL(`${earlier}/`))
  await rm(earlier, { recursive: true })
  await database.rows(`insert into shoppers (id, openid) values ('sh_1', 'o1')`)
  await database.rows(
    `insert into orders (id, shopper_id, status, currency, value, lines, expires_at)
     values ('ord_1', 'sh_1', 'expired', 'CNY', 100, '[]', now())`,
  )
  await database.rows(
    `insert into payments (id, order_id, shopper_id, currency, value, status, version)
     values ('pay_1', 'ord_1', 'sh_1', 'CNY', 100, 'expired', 4)`,
  )
  const events = [
    ['started', {}],
    ['cancel_news', { heard: 'rejected', reason: 'HTTP 422 "heard": \u0000' }],
    ['refund_news', { refundId: 'rf_1', heard: 'failed' }],
    ['given_up', {}],
  ] as const
  for (const [index, [type, detail]] of events.entries())
    await database.rows(
      `insert into payment_events (payment_id, version, source, type, to_status, detail)
       values ('pay_1', $1, 'job', $2, 'expired', $3)`,
      [index + 1, type, JSON.stringify(detail)],
    )

  expect((await migrate(db, migrations)).ran).toContain('0009_events_only_grow.sql')
  expect(await database.rows('select type, detail from payment_events order by version')).toEqual([
    { type: 'started', detail: {} },
    { type: 'cancel_answered', detail: { answer: 'rejected', reason: 'HTTP 422 "heard": \u0000' } },
    { type: 'refund_updated', detail: { refundId: 'rf_1', status: 'failed' } },
    { type: 'abandoned', detail: {} },
  ])
  for (const change of [
    'delete from payment_events',
    'truncate payment_events',
    `update payment_events set type = 'started'`,
  ])
    await expect(database.rows(change)).rejects.toThrow('payment_events only grows')
  await expect(
    database.rows(
      `insert into payment_events (payment_id, version, source, type, to_status) values ('pay_1', 4, 'job', 'abandoned', 'expired')`,
    ),
  ).rejects.toThrow('payment_events_one_for_each_version')
  await db.destroy()
})
