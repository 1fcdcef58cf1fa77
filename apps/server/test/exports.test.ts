import { once } from 'node:events'
import { request } from 'node:http'
import { parse } from 'csv-parse/sync'
import { orderNumber } from '@tael/contracts'
import { expect, onTestFinished } from 'vitest'
import { logLines, refusalOf, waitForLog } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const test = base.extend('settings', { scope: 'file' }, { LOG_LEVEL: 'trace' })

/** The rows of a CSV, by the columns of its header. */
const rowsOf = (csv: string): Record<string, string>[] => parse(csv, { columns: true })

/** More than a connection holds. */
const MANY = 40_000
const PAGES = MANY / 500

test('orders and payments are exported with the filters of their lists, in the major unit', async ({
  shop,
  operator,
}) => {
  const shopper = await shop.shopper('greta')
  const open = await shopper.order(1205)
  const payment = await shopper.buy(654_300)
  const order = await operator.getOrderRecord(payment.orderId)
  const csv = await operator.exportOrders({ shopperId: order.shopperId ?? '' })
  expect(csv).toMatch(/^id,number,status,currency,amount,shopperId,reference,createdAt,paidAt\r\n/)
  expect(rowsOf(csv)).toEqual([
    {
      id: order.id,
      number: order.number,
      status: 'paid',
      currency: 'CNY',
      amount: '6543.00',
      shopperId: order.shopperId,
      reference: '',
      createdAt: order.createdAt,
      paidAt: order.paidAt,
    },
    expect.objectContaining({ id: open.id, status: 'open', amount: '12.05', paidAt: '' }),
  ])
  expect(rowsOf(await operator.exportPayments({ value: 654_300 }))).toMatchObject([
    {
      id: payment.id,
      orderNumber: orderNumber(order.id),
      amount: '6543.00',
      paysOrder: 'true',
      surplus: 'false',
    },
  ])
  expect(rowsOf(await operator.exportOrders({ to: '2020-01-01' }))).toEqual([])
  expect(await refusalOf(operator.exportOrders({ from: '2026-13-45' }))).toMatchObject({
    code: 'validation_failed',
    errors: [{ path: 'query/from' }],
  })
})

test('a spreadsheet calculates nothing from what a merchant calls an order', async ({ shop, operator }) => {
  const reference = '=HYPERLINK("https://evil.example";"A")'
  const { id } = await shop.merchant().put()
  await shop.database.rows('update orders set reference = $2 where id = $1', [id, reference])
  const rows = rowsOf(await operator.exportOrders({ status: 'open' }))
  expect(rows.find((row) => row['id'] === id)).toMatchObject({ reference: `'${reference}` })
})

test('commands export the same', async ({ shopper, operator }) => {
  const payment = await shopper.buy(98_700)
  const { out } = await operator.run('export-payments', '--value', '98700', '--status', 'authorised')
  expect(out).toBe(await operator.exportPayments({ value: 98_700, status: 'authorised' }))
  expect(out).toContain(payment.id)
  const orders = await operator.run('export-orders', '--status', 'paid', '--from', '2020-01-01')
  expect(orders.out).toBe(await operator.exportOrders({ status: 'paid' }))
  expect(await operator.run('export-orders', '--status', 'sold')).toMatchObject({ code: 64 })
})

test('an export is read as fast as it is taken, and no further once its reader has left', async ({
  shop,
  operator,
}) => {
  await shop.database.rows(
    `insert into orders (id, shopper_id, status, currency, value, lines, expires_at, reference, description,
       metadata, request_hash, late_money, version)
     select 'ord_' || md5(n::text), (select id from shoppers limit 1), 'expired', 'CNY', 100, '[]', now(),
       n || repeat('x', 50), '{"zh-CN":"茶","en":"tea"}', '{}', sha256(n::text::bytea), 'refund', 2
     from generate_series(1, $1::int) as n`,
    [MANY],
  )
  const exportAll = async (): Promise<number> =>
    new Set(rowsOf(await operator.exportOrders({ status: 'expired' })).map((row) => row['id'])).size
  const url = `${shop.server.operatorsUrl}/ops/orders.csv?status=expired`
  const sent = request(url, { headers: { authorization: `Bearer ${await operator.key()}` } }).end()
  onTestFinished(() => {
    sent.destroy()
  })
  // Nobody reads the answer: the server fills the connection and waits.
  await once(sent, 'response')
  const { reqId } = await waitForLog(shop.server, { req: { path: '/ops/orders.csv' } })
  const pagesRead = (): number =>
    logLines(shop.server).filter(
      (line) => line.reqId === reqId && line.sql?.includes('from "orders"') === true,
    ).length
  expect(await exportAll()).toBe(MANY)
  expect(pagesRead()).toBeLessThan(PAGES)
  sent.destroy()
  await waitForLog(shop.server, { reqId, msg: 'request completed' })
  expect(await exportAll()).toBe(MANY)
  expect(pagesRead()).toBeLessThan(PAGES)
})
