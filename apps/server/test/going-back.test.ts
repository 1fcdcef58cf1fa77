import { expect } from 'vitest'
import { waitForLog } from './actors/index.ts'
import { test } from './fixtures.ts'

test('a server starts and serves on a database that a newer release has migrated', async ({
  shop,
  shopper,
}) => {
  const tables = await shop.database.rows(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_name not like 'kysely%'`,
  )
  expect(tables.length).toBeGreaterThan(10)
  // What migrations may do: add tables, columns that older servers need not fill, and indexes.
  const additions = tables.map(
    ({ name }) => `alter table ${String(name)} add column newer text default 'new'`,
  )
  await shop.database.rows(`
    create table newer (id text primary key);
    ${additions.join(';')};
    create index newer_orders on orders (newer);
    insert into kysely_migration (name, timestamp) values ('9998_newer.sql', now()::text), ('9999_newer.sql', now()::text)`)
  const older = await shop.startServer()
  await waitForLog(older, {
    level: 40,
    msg: 'a newer release has migrated this database',
    migrations: ['9998_newer.sql', '9999_newer.sql'],
  })
  const payment = await shopper.at(older).buy(4000)
  expect(payment).toMatchObject({ status: 'authorised' })
  const operator = shop.operator('refunds:write', 'orders:ship', 'payments:read')
  expect(await operator.refund(payment, 1000)).toMatchObject({ status: 'requested' })
  const items = { logisticsType: 'self_pickup', items: 'tea' } as const
  expect(await operator.ship(payment.orderId, items)).toMatchObject({ orderId: payment.orderId })
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
})
