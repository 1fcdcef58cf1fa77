import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { startServer, startSimulator } from '@tael/stack'
import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { createDatabase } from './actors/database.ts'

test('x', async () => {
  const url = await createDatabase(inject('postgresUrl'))
  const simulator = await startSimulator('http://127.0.0.1:1')
  const first = await startServer(simulator.url, { DATABASE_URL: url })
  await first.stop()
  const role = `tael_${randomUUID().slice(0, 8)}`
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(`create role ${role} login password 'secret';
    grant usage on schema public, pgboss to ${role};
    grant select, insert, update, delete on all tables in schema public, pgboss to ${role};
    grant usage on all sequences in schema public, pgboss to ${role};
    revoke update, delete on payment_events, operator_actions from ${role};
    revoke delete on webhook_items from ${role};`)
  const runtime = new URL(url)
  runtime.username = role
  runtime.password = 'secret'
  const second = await startServer(simulator.url, { DATABASE_URL: runtime.href })
  console.log(second.lines.join('\n'))
  await new Promise((r) => setTimeout(r, 5000))
  console.log(second.lines.join('\n'))
  await second.stop()
  await client.end()
  await simulator.stop()
})
