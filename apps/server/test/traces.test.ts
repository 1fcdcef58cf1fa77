import { randomUUID } from 'node:crypto'
import { operatorScopes } from '@tael/contracts'
import { openidOf } from '@tael/simulator/openid'
import { credentials } from '@tael/stack'
import { expect, test } from 'vitest'
import { openShop, type Shop } from './actors/index.ts'
import { openCollector, type ReceivedSpan } from './collector.ts'

/** Opens a shop whose server is the built one, in a process of its own, as everything that is traced is of a process. */
async function openTracedShop(endpoint: string): Promise<Shop> {
  return openShop({ processes: true, server: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } })
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

  const sent = Buffer.concat(collector.bodies).toString('latin1')
  const secrets = [
    ...Object.values(credentials),
    shopper.token,
    openidOf(credentials.WECHAT_APP_ID, 'alice'),
    await operator.key(),
  ]
  for (const secret of secrets) expect(sent).not.toContain(secret)
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
