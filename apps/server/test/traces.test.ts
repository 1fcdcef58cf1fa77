import { randomUUID } from 'node:crypto'
import { operatorScopes } from '@tael/contracts'
import { openidOf } from '@tael/simulator/openid'
import { credentials } from '@tael/stack'
import { expect, test } from 'vitest'
import { openShop, type Shop } from './actors/index.ts'
import { openCollector, type ReceivedSpan } from './collector.ts'

/** Opens a shop whose server is the built one, in a process of its own, as everything that is traced is of a process. */
function openTracedShop(endpoint: string): Promise<Shop> {
  const settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=the-key-of-the-collector',
    OTEL_SERVICE_NAME: 'tea-shop',
  }
  return openShop({ processes: true, server: settings })
}

const ofName = (spans: readonly ReceivedSpan[], name: string): readonly ReceivedSpan[] =>
  spans.filter((span) => span.name === name)

test('one trace leads from the phone to Adyen, another from a refund through its job, and webhooks refer to the payment', async () => {
  const collector = await openCollector()
  const shop = await openTracedShop(collector.url)
  const shopper = await shop.shopper('alice')
  const order = await shopper.order(4000)
  const key = randomUUID()
  const attempt = await shopper.startPayment(order, key)
  const { payment } = attempt
  await shopper.pay(attempt)
  await shop.adyen.waitForDeliveries()
  const operator = shop.operator(...operatorScopes)
  await operator.refund(payment, 1500)
  await expect
    .poll(async () => (await operator.getPaymentRecord(payment.id)).refunds)
    .toMatchObject([{ status: 'refunded' }])
  await shop.adyen.waitForDeliveries()
  // A merchant's backend continues its own trace; nobody on the internet may.
  const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`
  const authorization = `Bearer ${await shop.merchant().key()}`
  await fetch(`${shop.server.operatorsUrl}/merchant/orders`, { headers: { traceparent, authorization } })
  await fetch(`${shop.server.url}/products`, { headers: { traceparent } })
  // What is recorded leaves with the process.
  await shop.close()

  const { spans } = collector
  const started = ofName(spans, 'POST /payments')[0]
  expect(started).toMatchObject({
    parentSpanId: '',
    attributes: {
      'http.route': '/payments',
      'tael.idempotency_key': key,
      'tael.payment_id': payment.id,
      'tael.request_id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    },
  })
  expect(ofName(spans, 'adyen payments')).toMatchObject([
    { traceId: started?.traceId, parentSpanId: started?.spanId, attributes: { 'tael.outcome': 'answered' } },
  ])

  const refunded = ofName(spans, 'POST /ops/payments/:paymentId/refunds')[0]
  const job = ofName(spans, 'job make-refund').find(({ traceId }) => traceId === refunded?.traceId)
  expect(job).toMatchObject({ parentSpanId: refunded?.spanId, attributes: { 'tael.payment_id': payment.id } })
  expect(ofName(spans, 'adyen refunds')).toMatchObject([
    { traceId: refunded?.traceId, parentSpanId: job?.spanId },
  ])

  const received = ofName(spans, 'POST /webhooks/adyen')
  for (const name of ['webhook AUTHORISATION', 'webhook REFUND']) {
    const item = ofName(spans, name)[0]
    expect(item).toMatchObject({
      links: [started?.traceId],
      attributes: { 'tael.payment_id': payment.id, 'tael.webhook_state': 'applied' },
    })
    expect(received.map(({ spanId }) => spanId)).toContain(item?.parentSpanId)
  }

  expect(ofName(spans, 'GET /merchant/orders')).toMatchObject([
    { traceId: 'ab'.repeat(16), parentSpanId: 'cd'.repeat(8) },
  ])
  expect(ofName(spans, 'GET /products')).toMatchObject([{ parentSpanId: '' }])

  expect(collector.keys).toEqual(new Set(['the-key-of-the-collector']))
  const sent = Buffer.concat(collector.bodies).toString('latin1')
  const secrets = [
    ...Object.values(credentials),
    shopper.token,
    openidOf(credentials.WECHAT_APP_ID, 'alice'),
    await operator.key(),
  ]
  for (const secret of secrets) expect(sent).not.toContain(secret)
  expect(sent).toContain('tea-shop')
  expect(spans.map(({ name }) => name)).not.toContain('GET /health/ready')
  await collector.close()
})

test('a server whose collector is away serves, logs it, and stops in time', async () => {
  // Nobody listens there.
  const shop = await openTracedShop('http://127.0.0.1:9')
  const shopper = await shop.shopper('alice')
  expect(await shopper.buy(4000)).toMatchObject({ status: 'authorised' })
  await shop.close()
  expect(shop.server.lines.join('\n')).toContain('traces could not be sent')
})
