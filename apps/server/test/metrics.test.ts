import { readFile } from 'node:fs/promises'
import { attentionKinds, everyRoute, PaymentStatus, RefundStatus, shopperRoutes } from '@tael/contracts'
import { openidOf } from '@tael/simulator/openid'
import { credentials } from '@tael/stack'
import { expect } from 'vitest'
import { fen, refusalOf } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { scrape } from './scrape.ts'
import { until } from './until.ts'
import { authorisationOf, postWebhook, signed } from './webhook-items.ts'

const test = base.extend(
  'settings',
  { scope: 'file' },
  {
    // Nobody listens there.
    NOTIFICATIONS_SLACK_URL: 'http://127.0.0.1:9/none',
  },
)

test('a scrape says what shoppers, Adyen, WeChat, jobs and operators did', async ({
  shop,
  shopper,
  operator,
  adyen,
  weChat,
  queue,
}) => {
  const { server } = shop
  const paid = await adyen.withoutWebhooks(() => shopper.buy(4000))
  await adyen.waitForDeliveries()
  await operator.refund(paid, 1500)
  await expect
    .poll(async () => (await operator.getPaymentRecord(paid.id)).refunds)
    .toMatchObject([{ status: 'refunded' }])
  const orders = [await shopper.order(4000), await shopper.order(4000)] as const
  await adyen.withFault({ name: 'permanent_500', call: 'payments' }, () => shopper.startPayment(orders[0]))
  const left = await shopper.startPayment(orders[1])
  await refusalOf(shop.call(shopperRoutes.login, { body: { code: 'a-code-of-nobody' } }))
  await weChat.withFault({ name: 'login_ip_refused' }, async () =>
    refusalOf(shop.call(shopperRoutes.login, { body: { code: await weChat.loginCode('bob') } })),
  )
  await postWebhook(server, [signed(authorisationOf(left.payment, { eventCode: 'SOMETHING_NEW' }))])
  await fetch(`${server.url}/orders/${paid.orderId}/of-nobody`)
  await fetch(`${server.url}/webhooks/adyen`, { method: 'POST', body: '{}' })
  await operator.testNotification('slack')
  await queue.enqueue('retry-webhook', { webhookId: 0 })
  await expect
    .poll(async () =>
      (await scrape(server)).value('tael_job_duration_seconds_count', {
        job_name: 'retry-webhook',
        outcome: 'failed',
      }),
    )
    .toBe(1)
  const waiting = shopper.waitForChange(left.payment, { waitMs: 20_000 })
  await expect.poll(async () => (await scrape(server)).value('tael_long_polls')).toBe(1)

  const { value } = await scrape(server)
  const request = (method: string, route: string, status: string) =>
    value('tael_http_requests_total', { listener: 'public', method, route, status })
  expect(request('POST', '/payments', '201')).toBe(3)
  expect(
    value('tael_http_request_duration_seconds_count', {
      listener: 'public',
      method: 'POST',
      route: '/payments',
    }),
  ).toBe(3)
  expect(request('POST', '/login', '401')).toBe(1)
  expect(request('POST', '/login', '500')).toBe(1)
  expect(request('any', 'unmatched', '404')).toBe(1)
  expect(request('POST', '/webhooks/adyen', '401')).toBe(1)
  const call = (service: string, operation: string, outcome: string) =>
    value('tael_calls_total', { service, operation, outcome })
  expect(call('adyen', 'payments', 'answered')).toBe(2)
  expect(call('adyen', 'payments', 'unknown')).toBe(1)
  expect(call('adyen', 'payments/details', 'answered')).toBe(1)
  expect(call('adyen', 'refunds', 'answered')).toBe(1)
  expect(call('adyen', 'refunds', 'timeout')).toBe(0)
  expect(call('wechat', '/sns/jscode2session', 'refused')).toBe(1)
  expect(call('wechat', '/sns/jscode2session', 'denied')).toBe(1)
  expect(value('tael_call_duration_seconds_count', { service: 'adyen', operation: 'refunds' })).toBe(1)
  expect(value('tael_payments_total', { status: 'starting' })).toBe(3)
  expect(value('tael_payments_total', { status: 'awaiting_shopper' })).toBe(2)
  expect(value('tael_payments_total', { status: 'authorised' })).toBe(1)
  expect(value('tael_refunds_total', { status: 'requested' })).toBe(1)
  expect(value('tael_refunds_total', { status: 'refunded' })).toBe(1)
  expect(value('tael_refunds_total', { status: 'failed' })).toBe(0)
  const items = (event_code: string, state: string) =>
    value('tael_webhook_items_total', { event_code, state })
  expect(items('AUTHORISATION', 'applied')).toBe(1)
  expect(items('REFUND', 'applied')).toBe(1)
  expect(items('other', 'stored')).toBe(1)
  expect(value('tael_deliveries_total', { receiver: 'slack', outcome: 'not_accepted' })).toBe(1)
  expect(value('tael_jobs_fetched_total', { job_name: 'make-refund' })).toBeGreaterThanOrEqual(1)
  expect(value('tael_database_connections_max')).toBe(20)
  expect(value('tael_database_connections_awaited')).toBe(0)
  expect(value('tael_ready')).toBe(1)
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e7)
  expect(value('nodejs_heap_size_used_bytes')).toBeLessThan(value('tael_heap_limit_bytes') ?? 0)

  await shopper.payAtCashier(left)
  await waiting
})

test('and how the shop stands: read from the database at most once in some seconds, whoever scrapes', async ({
  shop,
  operator,
}) => {
  const { database, server } = shop
  await database.rows(
    `update payments set status = 'processing', created_at = now() - interval '2 hours'
     where id = (select id from payments where status = 'starting' limit 1)`,
  )
  await expect
    .poll(async () => (await scrape(server)).value('tael_payments_open', { status: 'processing' }))
    .toBe(1)
  const { value } = await scrape(server)
  expect(value('tael_unknown_payment_age_seconds')).toBeGreaterThanOrEqual(7200)
  const attention = { kind: 'payment_unknown', severity: 'warning' }
  expect(value('tael_attention_open', attention)).toBe(1)
  expect((await operator.getOverview()).attention.payment_unknown).toBe(1)
  expect(value('tael_state_read')).toBe(1)
  await database.rows("update payments set status = 'expired' where status = 'processing'")
  const all = await Promise.all(Array.from({ length: 20 }, () => scrape(server)))
  expect(new Set(all.map((one) => one.value('tael_unknown_payment_age_seconds'))).size).toBeLessThan(3)
})

test('a refund is counted once for each of its statuses, also one made in the Customer Area', async ({
  shop,
  shopper,
  operator,
  adyen,
}) => {
  const payment = await shopper.buy(4000)
  const { pspReference: originalReference } = await operator.getPaymentRecord(payment.id)
  const counts = async (): Promise<readonly number[]> => {
    const { value } = await scrape(shop.server)
    return ['failed', 'refunded'].map((status) => value('tael_refunds_total', { status }) ?? 0)
  }
  const [failed = 0, refunded = 0] = await counts()
  const byHand = { eventCode: 'REFUND', originalReference, amount: fen(700) }
  const refused = { ...byHand, success: 'false', pspReference: `refused-${payment.id}` } as const
  const made = { ...byHand, pspReference: `made-${payment.id}` }
  for (const { report, counted } of [
    { report: refused, counted: [failed + 1, refunded] },
    { report: made, counted: [failed + 1, refunded + 1] },
  ]) {
    // Adyen reports each twice, the second time under another reference of ours and later.
    for (const { merchantReference, day } of [
      { merchantReference: 'by-hand', day: '01' },
      { merchantReference: 'again', day: '02' },
    ]) {
      await adyen.deliver({
        ...report,
        merchantReference,
        eventDate: `2026-01-${day}T00:00:00+00:00`,
      })
      expect(await counts()).toEqual(counted)
    }
  }

  const { payment: elsewhere } = await shopper.startBuying(4000)
  // A payment that the simulator does not know by this name: it rejects our refund of it.
  const pspReference = `ELSEWHERE-${elsewhere.id}`
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: elsewhere, pspReference })
  const { id } = await operator.refund(elsewhere, 700)
  await expect.poll(counts).toEqual([failed + 2, refunded + 1])
  await adyen.deliver({ eventCode: 'REFUND', success: 'false', about: { id, amount: fen(700) } })
  expect(await counts()).toEqual([failed + 2, refunded + 1])
})

test('what is rolled back is not counted', async ({ shop, shopper, merchant, operator }) => {
  const { database, server } = shop
  const paid = async () => (await scrape(server)).value('tael_payments_total', { status: 'authorised' }) ?? 0
  const item = async (state: string) =>
    (await scrape(server)).value('tael_webhook_items_total', { event_code: 'AUTHORISATION', state }) ?? 0
  const { payment } = await shopper.startPayment(await merchant.put())
  const [paidBefore, appliedBefore] = [await paid(), await item('applied')]
  await database.rows('alter table merchant_events rename to elsewhere')
  try {
    await postWebhook(server, [signed(authorisationOf(payment))])
    expect([await paid(), await item('applied'), await item('attention')]).toEqual([
      paidBefore,
      appliedBefore,
      1,
    ])
  } finally {
    await database.rows('alter table elsewhere rename to merchant_events')
  }
  const [waiting] = (await operator.listWebhooks({ state: 'attention' })).webhooks
  await operator.replayWebhook(waiting?.id ?? 0)
  expect([await paid(), await item('applied')]).toEqual([paidBefore + 1, appliedBefore + 1])
})

test('no label or text holds a secret, an openid, an id or anything that a caller chose', async ({
  shop,
  shopper,
}) => {
  for (const path of ['/x/1', '/x/2', '/orders/ord_unknown', '/%70roducts'])
    await fetch(shop.server.url + path, { headers: { authorization: `Bearer ${shopper.token}` } })
  const { text, labelValues } = await scrape(shop.server)
  const secrets = [...Object.values(credentials), shopper.token, openidOf(credentials.WECHAT_APP_ID, 'alice')]
  for (const secret of secrets) expect(text).not.toContain(secret)
  expect(text).not.toMatch(/(pay|ord|rf|sh|opk|evt)_[A-Za-z0-9-]{8}/)
  const routes = new Set<string>(everyRoute.map(({ path }) => path))
  const others = [...labelValues('route')].filter((route) => !routes.has(route))
  expect(others).toEqual(['unmatched'])
  const states = [...PaymentStatus.anyOf, ...RefundStatus.anyOf].map((literal): string => literal.const)
  expect(
    [...labelValues('status')].filter((one) => !states.includes(one) && !/^[2-5]\d\d$/.test(one)),
  ).toEqual([])
  expect(
    [...labelValues('kind')].filter(
      (kind) => attentionKinds.every((known) => known !== kind) && !/^[a-z]+$/.test(kind),
    ),
  ).toEqual([])
})

test('where PostgreSQL does not answer a scrape still does, without how the shop stands', async ({
  shop,
}) => {
  const { database, server } = shop
  await database.rows('alter table webhook_items rename to elsewhere')
  try {
    await until(async () => (await scrape(server)).value('tael_state_read') === 0)
    const { value } = await scrape(server)
    expect(value('tael_ready')).toBe(0)
    expect(value('tael_payments_open', { status: 'processing' })).toBeUndefined()
    expect(value('tael_payments_total', { status: 'authorised' })).toBeGreaterThan(0)
  } finally {
    await database.rows('alter table elsewhere rename to webhook_items')
  }
})

test('docs/monitoring.md lists every metric as the server describes it', async ({ shop }) => {
  const page = await readFile(new URL('../../../docs/monitoring.md', import.meta.url), 'utf8')
  const listed = [...page.matchAll(/^\| `(tael_\w+)` \| (\w+) \| (.*?) \|/gm)].map(([, ...row]) =>
    row.join(' | '),
  )
  const { metrics } = await scrape(shop.server)
  const own = [...metrics].filter(([name]) => name.startsWith('tael_'))
  const described = own.map(([name, { type, help }]) => [name, type, help].join(' | '))
  expect(listed.toSorted()).toEqual(described.toSorted())
})
