import { readFile } from 'node:fs/promises'
import {
  consoleRoutes,
  everyRoute,
  machineRoutes,
  merchantRoutes,
  monitoringRoutes,
  operatorRoutes,
  type Route,
  shopperRoutes,
} from '@tael/contracts'
import { expect } from 'vitest'
import { ConsolePage, fen, type LogLine, logLines } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { changeLines } from './settlement-reports.ts'
import { until } from './until.ts'
import { authorisationOf, postWebhook, signed } from './webhook-items.ts'

/**
 * What each route costs, as docs/operating.md states it: SQL statements (begin and commit not
 * counted) and durable commits, on the path that shoppers take.
 */
interface Cost {
  readonly statements: number
  readonly commits: number
}

const test = base
  .extend(
    'settings',
    { scope: 'file' },
    // Nothing listens there: a test that is not accepted costs the same.
    { LOG_LEVEL: 'trace', NOTIFICATIONS_SLACK_URL: 'http://127.0.0.1:9/none' },
  )
  /** What each route that was measured has cost. */
  .extend('costs', { scope: 'file' }, () => new Map<string, Cost>())
  /**
   * Runs an action, and counts what the request to this path did, by the log lines that carry its
   * id.
   */
  .extend(
    'measure',
    ({ shop, costs }) =>
      async (route: Route, action: () => Promise<unknown>, path: string = route.path): Promise<void> => {
        const requests = (): readonly LogLine[] =>
          logLines(shop.server).filter(({ req }) => req?.method === route.method && req.path === path)
        const before = requests().length
        await action()
        // The log reaches us a moment after the answer.
        await until(() => requests().length > before)
        const id = requests().at(-1)?.reqId
        const lines = (): readonly LogLine[] => logLines(shop.server).filter(({ reqId }) => reqId === id)
        await until(() => lines().some(({ msg }) => msg === 'request completed'))
        const statements = lines().flatMap(({ sql }) => (sql === undefined ? [] : [sql.trim()]))
        costs.set(`${route.method} ${route.path}`, {
          statements: statements.filter((sql) => !/^(begin|commit|rollback)/.test(sql)).length,
          commits: statements.filter((sql) => sql.startsWith('commit')).length,
        })
      },
  )

/** The path of an order of a merchant. */
const own = (reference: string): string => `/merchant/orders/${reference}`

/** The rows of the table in docs/operating.md: route, statements, commits. */
async function documentedCosts(): Promise<Map<string, Cost>> {
  const page = await readFile(new URL('../../../docs/operating.md', import.meta.url), 'utf8')
  const rows = page.matchAll(/^\| `((?:GET|POST|PUT) \/\S*)` \| (\d+) \| (\d+) \|/gm)
  return new Map(
    [...rows].map(([, route = '', statements, commits]) => [
      route,
      { statements: Number(statements), commits: Number(commits) },
    ]),
  )
}

test('each route costs what the documentation says', async ({
  shop,
  shopper,
  operator,
  merchant,
  adyen,
  weChat,
  costs,
  measure,
}) => {
  const { call } = shop
  const code = await weChat.loginCode('alice')
  const lines = [{ productId: await shop.addProduct(4000), quantity: 1 }]
  const place = () => shopper.orderProducts(lines)

  await measure(machineRoutes.live, () => call(machineRoutes.live, {}))
  await measure(machineRoutes.ready, () => call(machineRoutes.ready, {}))
  await measure(monitoringRoutes.readMetrics, () => fetch(`${shop.server.operatorsUrl}/metrics`))
  await measure(shopperRoutes.login, () => call(shopperRoutes.login, { body: { code } }))
  await measure(shopperRoutes.listProducts, () => call(shopperRoutes.listProducts, {}))
  await measure(shopperRoutes.createOrder, place)
  const order = await place()
  await measure(shopperRoutes.listOrders, () => shopper.listOrders())
  await measure(shopperRoutes.getOrder, () => shopper.getOrder(order.id), `/orders/${order.id}`)
  const other = await place()
  await measure(shopperRoutes.startPayment, () => shopper.startPayment(other))
  const { payment } = await shopper.startPayment(order)
  await measure(shopperRoutes.getPayment, () => shopper.getPayment(payment.id), `/payments/${payment.id}`)
  const cancelled = await shopper.startPayment(await place())
  const errMsg = await shopper.cancelAtCashier(cancelled)
  await measure(shopperRoutes.submitPaymentDetails, () => shopper.submitDetails(cancelled, errMsg))
  // What Adyen reports of the cancelled payment takes the same path.
  await adyen.waitForDeliveries()
  await measure(machineRoutes.receiveAdyenWebhook, async () => {
    const { status } = await postWebhook(shop.server, [signed(authorisationOf(payment))])
    expect(status).toBe(202)
  })
  const abandoned = await place()
  await shopper.startPayment(abandoned)
  await measure(
    shopperRoutes.cancelOrder,
    () => shopper.cancelOrder(abandoned.id),
    `/orders/${abandoned.id}/cancel`,
  )
  await measure(
    shopperRoutes.requestRefund,
    () => shopper.requestRefund(order.id),
    `/orders/${order.id}/refund-request`,
  )
  await operator.key()
  await measure(
    operatorRoutes.getPaymentRecord,
    () => operator.getPaymentRecord(payment.id),
    `/ops/payments/${payment.id}`,
  )
  await measure(operatorRoutes.search, () => operator.search(payment.id))
  await measure(operatorRoutes.listOrderRecords, () => operator.listOrders({ status: 'paid' }))
  await measure(
    operatorRoutes.getOrderRecord,
    () => operator.getOrderRecord(order.id),
    `/ops/orders/${order.id}`,
  )
  await measure(operatorRoutes.listWebhooks, () => operator.listWebhooks())
  const { timeline } = await operator.getOrderRecord(order.id)
  const webhookId =
    timeline.flatMap((entry) =>
      entry.kind === 'webhook' && entry.webhook.eventCode === 'AUTHORISATION' ? [entry.webhook.id] : [],
    )[0] ?? 0
  const inbox = `/ops/webhooks/${webhookId}`
  await measure(operatorRoutes.getWebhook, () => operator.getWebhook(webhookId), inbox)
  await measure(operatorRoutes.replayWebhook, () => operator.replayWebhook(webhookId), `${inbox}/replay`)
  await measure(operatorRoutes.listPaymentRecords, () => operator.listPayments({ value: 4000 }))
  await measure(operatorRoutes.exportOrders, () => operator.exportOrders())
  await measure(operatorRoutes.exportPayments, () => operator.exportPayments())
  await measure(operatorRoutes.getOverview, () => operator.getOverview())
  await measure(operatorRoutes.listShipments, () => operator.listShipments({ state: 'waiting' }))
  await measure(operatorRoutes.listAudit, () => operator.listAudit())
  await measure(operatorRoutes.listKeys, () => operator.listKeys())
  await measure(operatorRoutes.createKey, () => operator.createKey({ name: 'Olga', role: 'viewer' }))
  const [newestKey] = await operator.listKeys()
  const keyId = newestKey?.id ?? ''
  await measure(operatorRoutes.revokeKey, () => operator.revokeKey(keyId), `/ops/keys/${keyId}/revoke`)
  await measure(operatorRoutes.getSettings, () => operator.getSettings())
  await shopper.buy(4000)
  const report = await adyen.settlementReport()
  await measure(operatorRoutes.keepSettlement, () => operator.keepSettlement('batch_1.csv', report))
  await measure(operatorRoutes.listSettlements, () => operator.listSettlements())
  const [settlement] = (await operator.listSettlements()).settlements
  const settlementPath = `/ops/settlements/${settlement?.id}`
  await measure(
    operatorRoutes.compareSettlement,
    () => operator.compareSettlement(settlement?.id ?? ''),
    `${settlementPath}/compare`,
  )
  await measure(
    operatorRoutes.getSettlement,
    () => operator.getSettlement(settlement?.id ?? ''),
    settlementPath,
  )
  const another = await operator.keepSettlement(
    'batch_2.csv',
    changeLines(report, (line) =>
      line['Type'] === 'Settled' ? { ...line, 'Gross Credit (GC)': '0.01' } : line,
    ),
  )
  await measure(
    operatorRoutes.handleDifference,
    () => operator.handleDifference(another.id, 1, 'A test.'),
    `/ops/settlements/${another.id}/differences/1/handled`,
  )
  await measure(operatorRoutes.listProductRecords, () => operator.listProducts())
  const productId = await shop.addProduct(4000)
  await measure(
    operatorRoutes.changeStock,
    () => operator.changeStock(productId, { pieces: 1, reason: 'A delivery.' }),
    `/ops/products/${productId}/stock`,
  )
  const fourThousand = { currency: 'CNY', value: 4000 } as const
  await measure(
    operatorRoutes.changePrice,
    () => operator.changePrice(productId, { price: null, seen: fourThousand, reason: 'A recall.' }),
    `/ops/products/${productId}/price`,
  )
  await measure(operatorRoutes.listNotifications, () => operator.listNotifications())
  await measure(operatorRoutes.testNotification, () => operator.testNotification('slack'))
  await measure(operatorRoutes.listAttention, () => operator.listAttention())
  const [item] = await operator.listAttention(order.id)
  if (item === undefined) throw new Error('The refund request needs no attention.')
  await measure(operatorRoutes.assignAttention, () => operator.assignAttention(item, 'me'))
  await measure(operatorRoutes.noteAttention, () => operator.noteAttention(item, 'They were called.'))
  await measure(operatorRoutes.handleAttention, () =>
    operator.handleAttention(item, 'They changed their mind.'),
  )
  await measure(
    operatorRoutes.declineRefund,
    () => operator.declineRefund(order.id, 'The tea was opened.'),
    `/ops/orders/${order.id}/refund-request/decline`,
  )
  await measure(
    operatorRoutes.createShipment,
    () => operator.ship(order.id, { logisticsType: 'self_pickup', items: 'tea' }),
    `/ops/orders/${order.id}/shipping`,
  )
  await measure(
    operatorRoutes.createRefund,
    () => operator.refund(payment, 1000),
    `/ops/payments/${payment.id}/refunds`,
  )
  const limited = shop.refunder('Lina', fen(0))
  const propose = async (): Promise<string> => {
    const created = await limited.createRefund(payment, { value: 1 })
    return created.state === 'requested' ? created.refund.id : created.proposal.refundId
  }
  const [confirmed, rejected] = [await propose(), await propose()]
  await measure(
    operatorRoutes.confirmRefund,
    () => operator.confirmRefund(confirmed),
    `/ops/refund-proposals/${confirmed}/confirm`,
  )
  await measure(
    operatorRoutes.rejectRefund,
    () => operator.rejectRefund(rejected, 'Once is enough.'),
    `/ops/refund-proposals/${rejected}/reject`,
  )
  await measure(operatorRoutes.listRefundRecords, () => operator.listRefunds())
  await measure(operatorRoutes.listRefundProposals, () => operator.listRefundProposals())
  const refundId = await adyen.withFault({ name: 'permanent_500', call: 'refunds' }, async () => {
    const { id } = await operator.refund(payment, 1000)
    await until(async () => (await operator.listAttention(id)).length > 0)
    return id
  })
  await measure(
    operatorRoutes.resendRefund,
    () => operator.resendRefund(refundId, 'It is not in the Customer Area.'),
    `/ops/refunds/${refundId}/resend`,
  )
  await merchant.key()
  await measure(merchantRoutes.putMerchantOrder, () => merchant.put({}, 'own'), own('own'))
  await shopper.pay(await shopper.startPayment(await merchant.put({}, 'own')))
  await measure(merchantRoutes.getMerchantOrder, () => merchant.get('own'), own('own'))
  await measure(merchantRoutes.listMerchantOrders, () => merchant.list())
  await measure(
    merchantRoutes.refundMerchantOrder,
    async () => merchant.refund(await merchant.put({}, 'own'), 1000),
    `${own('own')}/refunds`,
  )
  await shopper.startPayment(await merchant.put({}, 'left'))
  await measure(merchantRoutes.cancelMerchantOrder, () => merchant.cancel('left'), `${own('left')}/cancel`)
  await measure(merchantRoutes.listMerchantEvents, () => merchant.listEvents())
  const leaver = await shop.shopper('leaver')
  const ended = await leaver.cancelOrder((await leaver.order(4000)).id)
  const { shopperId } = await operator.getOrderRecord(ended.id)
  const shopperPath = `/ops/shoppers/${shopperId}`
  await measure(
    operatorRoutes.exportShopper,
    () => operator.exportShopper(shopperId ?? ''),
    `${shopperPath}/export`,
  )
  await measure(
    operatorRoutes.eraseShopper,
    () => operator.eraseShopper(shopperId ?? ''),
    `${shopperPath}/erase`,
  )
  const page = new ConsolePage(shop.server.operatorsUrl)
  const key = await operator.key()
  await measure(consoleRoutes.getSignInMethods, () => page.send(consoleRoutes.getSignInMethods))
  await measure(consoleRoutes.signIn, () => page.signIn(key))
  const { page: signedIn } = await page.signIn(key)
  await measure(consoleRoutes.getSession, () => signedIn.send(consoleRoutes.getSession))
  await measure(consoleRoutes.extendSession, () => signedIn.send(consoleRoutes.extendSession))
  await measure(consoleRoutes.signOut, () => signedIn.send(consoleRoutes.signOut))
  await measure(shopperRoutes.logout, () => shopper.logOut())

  const all = everyRoute.map(({ method, path }) => `${method} ${path}`)
  expect([...costs.keys()].toSorted()).toEqual(all.toSorted())
  expect(Object.fromEntries(costs)).toEqual(Object.fromEntries(await documentedCosts()))
  expect(costs.get('POST /payments')?.commits).toBe(2)
  expect(costs.get('POST /webhooks/adyen')?.commits).toBe(1)

  // A made-up token is refused without a query.
  const [path, authorization] = ['/orders/made-up', `Bearer ${'A'.repeat(43)}`]
  await measure(
    shopperRoutes.getOrder,
    () => fetch(shop.server.url + path, { headers: { authorization } }),
    path,
  )
  expect(costs.get('GET /orders/:orderId')).toEqual({ statements: 0, commits: 0 })
})
