import { readFile } from 'node:fs/promises'
import { sign } from '@tael/adyen'
import { everyRoute, machineRoutes, operatorRoutes, type Route, shopperRoutes } from '@tael/contracts'
import { credentials } from '@tael/stack'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  addProduct,
  atCashier,
  logIn,
  loginCode,
  newKey,
  openShop,
  operatorKey,
  refund,
  type Shop,
  submit,
} from './shop.ts'

/**
 * What each route costs, as docs/operating.md says it: SQL statements (begin and commit not counted) and durable
 * commits, on the path that shoppers take.
 */
let shop: Shop
beforeAll(async () => {
  shop = await openShop({ LOG_LEVEL: 'trace' })
})
afterAll(() => shop.close())

interface Cost {
  readonly statements: number
  readonly commits: number
}

/** The log lines that carry this value in this field. */
function about(field: string, value: string): string[] {
  return shop.server.lines.filter((line) => line.includes(`"${field}":"${value}"`))
}

/** What the newest request to this path did, by the log lines that carry its id. */
async function costOf(route: Route, path: string): Promise<Cost> {
  const requestId = (): string | undefined => {
    const incoming = about('path', path).findLast((line) => line.includes(`"method":"${route.method}"`))
    return /"reqId":"([^"]+)"/.exec(incoming ?? '')?.[1]
  }
  // The log reaches us a moment after the answer; a request's last line says that it is complete.
  const completed = (): boolean =>
    about('reqId', requestId() ?? '-').some((line) => line.includes('"msg":"request completed"'))
  await vi.waitUntil(completed, { timeout: 5_000 })
  const statements = about('reqId', requestId() ?? '-').flatMap(
    (line) => /"sql":"\s*(.*?)"/.exec(line)?.[1] ?? [],
  )
  return {
    statements: statements.filter((sql) => !/^(begin|commit|rollback)/.test(sql)).length,
    commits: statements.filter((sql) => sql.startsWith('commit')).length,
  }
}

/** The rows of the table in docs/operating.md: route, statements, commits. */
async function documented(): Promise<Map<string, Cost>> {
  const page = await readFile(new URL('../../../docs/operating.md', import.meta.url), 'utf8')
  const rows = page.matchAll(/^\| `((?:GET|POST) \/\S*)` \| (\d+) \| (\d+) \|/gm)
  return new Map(
    [...rows].map(([, route = '', statements, commits]) => [
      route,
      { statements: Number(statements), commits: Number(commits) },
    ]),
  )
}

test('each route costs what the documentation says', async () => {
  const measured = new Map<string, Cost>()
  const measure = async (
    route: Route,
    action: () => Promise<unknown>,
    path: string = route.path,
  ): Promise<void> => {
    await action()
    measured.set(`${route.method} ${route.path}`, await costOf(route, path))
  }
  const code = await loginCode(shop, 'alice')
  const token = await logIn(shop, 'bob')
  const productId = await addProduct(shop, 4000)
  const { call } = shop
  const session = { token }

  await measure(machineRoutes.health, () => call(machineRoutes.health, {}))
  await measure(shopperRoutes.login, () => call(shopperRoutes.login, { body: { code } }))
  await measure(shopperRoutes.listProducts, () => call(shopperRoutes.listProducts, {}))
  const place = () =>
    call(
      shopperRoutes.createOrder,
      { idempotencyKey: newKey(), body: { lines: [{ productId, quantity: 1 }] } },
      session,
    )
  await measure(shopperRoutes.createOrder, place)
  const placed = await place()
  await measure(shopperRoutes.listOrders, () => call(shopperRoutes.listOrders, {}, session))
  await measure(
    shopperRoutes.getOrder,
    () => call(shopperRoutes.getOrder, { params: { orderId: placed.id } }, session),
    `/orders/${placed.id}`,
  )
  const start = (order: typeof placed) =>
    call(
      shopperRoutes.startPayment,
      { idempotencyKey: newKey(), body: { orderId: order.id, amount: order.amount } },
      session,
    )
  const other = await place()
  await measure(shopperRoutes.startPayment, () => start(other))
  const started = await start(placed)
  const look = { params: { paymentId: started.payment.id } }
  await measure(
    shopperRoutes.getPayment,
    () => call(shopperRoutes.getPayment, look, session),
    `/payments/${started.payment.id}`,
  )
  const third = await start(await place())
  const errMsg = await atCashier(shop, third, 'cancel')
  await measure(shopperRoutes.submitPaymentDetails, () => submit(shop, token, third.payment.id, errMsg))
  await measure(machineRoutes.receiveAdyenWebhook, () => webhook(started.payment.id, started.payment.amount))
  const given = await place()
  await start(given)
  await measure(
    shopperRoutes.cancelOrder,
    () => call(shopperRoutes.cancelOrder, { params: { orderId: given.id } }, session),
    `/orders/${given.id}/cancel`,
  )
  await measure(
    shopperRoutes.requestRefund,
    () => call(shopperRoutes.requestRefund, { params: { orderId: placed.id } }, session),
    `/orders/${placed.id}/refund-request`,
  )
  const key = await operatorKey(shop, 'payments:read', 'refunds:write', 'attention:write', 'orders:ship')
  await measure(
    operatorRoutes.getPaymentRecord,
    () => call(operatorRoutes.getPaymentRecord, look, { token: key }),
    `/ops/payments/${started.payment.id}`,
  )
  await measure(operatorRoutes.listAttention, () => call(operatorRoutes.listAttention, {}, { token: key }))
  const { items } = await call(operatorRoutes.listAttention, {}, { token: key })
  const since = items.find(({ subject }) => subject === placed.id)?.since ?? ''
  await measure(operatorRoutes.handleAttention, () => {
    const note = 'They changed their mind.'
    const body = { kind: 'refund_requested', subject: placed.id, since, note } as const
    return call(operatorRoutes.handleAttention, { body }, { token: key })
  })
  await measure(
    operatorRoutes.createRefund,
    () => refund(shop, key, started.payment.id, started.payment.amount),
    `/ops/payments/${started.payment.id}/refunds`,
  )
  await measure(
    operatorRoutes.createShipment,
    () =>
      call(
        operatorRoutes.createShipment,
        {
          params: { orderId: placed.id },
          body: { logisticsType: 'self_pickup', items: 'tea' },
          idempotencyKey: newKey(),
        },
        { token: key },
      ),
    `/ops/orders/${placed.id}/shipping`,
  )
  await measure(shopperRoutes.logout, () => call(shopperRoutes.logout, {}, session))

  const all = everyRoute.map(({ method, path }) => `${method} ${path}`)
  expect([...measured.keys()].toSorted()).toEqual(all.toSorted())
  expect(Object.fromEntries(measured)).toEqual(Object.fromEntries(await documented()))
  expect(measured.get('POST /payments')?.commits).toBe(2)
  expect(measured.get('POST /webhooks/adyen')?.commits).toBe(1)
})

async function webhook(
  merchantReference: string,
  amount: { currency: string; value: number },
): Promise<void> {
  const item = {
    pspReference: 'QFQTPCQ8HXSKGK82',
    merchantAccountCode: credentials.ADYEN_MERCHANT_ACCOUNT,
    merchantReference,
    amount,
    eventCode: 'AUTHORISATION',
    eventDate: '2026-11-23T12:00:00+01:00',
    success: 'true',
  }
  const additionalData = { hmacSignature: sign(item, credentials.ADYEN_HMAC_KEYS) }
  const { ADYEN_WEBHOOK_USERNAME: username, ADYEN_WEBHOOK_PASSWORD: password } = credentials
  const answer = await fetch(`${shop.server.url}/webhooks/adyen`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    },
    body: JSON.stringify({
      live: 'false',
      notificationItems: [{ NotificationRequestItem: { ...item, additionalData } }],
    }),
  })
  expect(answer.status).toBe(202)
}
