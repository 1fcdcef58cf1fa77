import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { Database, openShop } from './actors/index.ts'
import { createDatabase } from './actors/database.ts'
import { runCommand } from './run-command.ts'

const grants = await readFile(new URL('../../../docs/runtime-role.sql', import.meta.url), 'utf8')

test('a server whose role owns nothing trades, and cannot rewrite what was recorded', async () => {
  const owner = await createDatabase(inject('postgresUrl'))
  // Tests that run at the same time share one PostgreSQL, and with it the names of roles.
  const role = `server_${randomUUID().replaceAll('-', '')}`
  const password = randomUUID()
  const client = new Client({ connectionString: owner })
  await client.connect()
  const migrated = await runCommand(['migrate'], { DATABASE_URL: owner })
  expect(migrated).toMatchObject({ code: 0, err: '' })
  expect(migrated.out).toMatch(/^0001_core\.sql\n[^]*The tables are up to date\.\n$/)
  await client.query(grants.replaceAll('tael_server', role))
  await client.query(`alter role ${role} password '${password}'`)
  await client.end()
  const url = new URL(owner)
  url.username = role
  url.password = password

  const shop = await openShop({ database: url.href })
  const shopper = await shop.shopper('alice')
  const payment = await shopper.buy(6900)
  expect(payment).toMatchObject({ status: 'authorised' })
  await shop.operator('refunds:write').refund(payment)
  await shop.queue.waitUntilCompleted('make-refund', { paymentId: payment.id })
  await shop.adyen.waitForDeliveries()
  await shop.database.rows(
    `insert into operator_actions (at, actor, action) values (now() - interval '4 years', 'opk_1', 'order.read')`,
  )
  await shop.queue.enqueue('apply-retention', {})
  await shop.queue.waitUntilCompleted('apply-retention', {})
  expect(await shop.database.count('operator_actions', "action = 'order.read'")).toBe(0)
  const left = await shop.shopper('leaver')
  const { shopperId } = await shop
    .operator('payments:read')
    .getOrderRecord((await left.cancelOrder((await left.order(4000)).id)).id)
  expect(await shop.operator('shoppers:erase').eraseShopper(shopperId ?? '')).toMatchObject({ orders: 1 })
  await shop.queue.enqueue('delete-expired', {})
  await shop.queue.waitUntilCompleted('delete-expired', {})
  expect(await shopper.getOrder(payment.orderId)).toMatchObject({
    refunds: [{ status: 'refunded', amount: payment.amount }],
  })
  const database = new Database(url.href)
  for (const change of [
    'update payment_events set version = 0',
    'delete from payment_events',
    'truncate payment_events',
    'delete from operator_actions',
    'delete from webhook_items',
    'delete from payments',
    'alter table payment_events disable trigger all',
    'drop trigger payment_events_keep_what_happened on payment_events',
    'drop table payments',
    'create table more (id text)',
  ]) {
    await expect(database.rows(change)).rejects.toThrow(/permission denied|must be owner/)
  }
  await database.close()
  await shop.close()

  // The tables are there: nothing is left to do.
  expect(await runCommand(['migrate'], { DATABASE_URL: owner })).toMatchObject({
    out: 'The tables are up to date.\n',
  })
})
