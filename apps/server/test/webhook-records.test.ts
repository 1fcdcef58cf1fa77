import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'
import { authorisationOf, postWebhook, signed } from './webhook-items.ts'

test('the inbox is listed newest first, and an item is shown without what may name the shopper', async ({
  shop,
  shopper,
  operator,
}) => {
  const { payment } = await shopper.startBuying(4000)
  await postWebhook(shop.server, [signed({ ...authorisationOf(payment), eventCode: 'REPORT_OF_NO_KIND' })])
  await postWebhook(shop.server, [signed(authorisationOf(payment))])
  const [newest, older] = (await operator.listWebhooks({ limit: 2 })).webhooks
  expect([newest, older]).toMatchObject([
    { eventCode: 'AUTHORISATION', state: 'applied', merchantReference: payment.id, deliveries: 1 },
    { eventCode: 'REPORT_OF_NO_KIND', state: 'stored' },
  ])
  const { webhooks, next } = await operator.listWebhooks({ limit: 1 })
  expect(webhooks).toEqual([newest])
  expect((await operator.listWebhooks({ before: next ?? 0, limit: 1 })).webhooks).toEqual([older])
  expect((await operator.listWebhooks({ state: 'stored', limit: 1 })).webhooks).toEqual([older])

  const { item, ...record } = await operator.getWebhook(newest?.id ?? 0)
  expect(record).toEqual(newest)
  expect(item).toMatchObject({ eventCode: 'AUTHORISATION', merchantReference: payment.id, success: 'true' })
  expect(item).not.toHaveProperty('additionalData')
  expect(await refusalOf(operator.getWebhook(999_999))).toMatchObject({ code: 'webhook_not_found' })
})

test('an item is applied again, and one that cannot be says why', async ({ shop, shopper, operator }) => {
  const { payment } = await shopper.startBuying(4000)
  const about = {
    eventCode: 'REFUND',
    pspReference: 'REFUND0000000001',
    originalReference: 'QFQTPCQ8HXSKGK82',
  }
  await postWebhook(shop.server, [signed(authorisationOf(payment, about))])
  const [waiting] = (await operator.listWebhooks({ state: 'attention', limit: 1 })).webhooks
  expect(waiting).toMatchObject({ eventCode: 'REFUND', merchantReference: payment.id })
  const id = waiting?.id ?? 0
  expect(await refusalOf(operator.replayWebhook(id))).toMatchObject({
    code: 'webhook_not_applicable',
    detail: 'Nothing was changed: it is about a refund of a payment that has taken no money.',
  })

  await postWebhook(shop.server, [signed(authorisationOf(payment))])
  await expect.poll(async () => (await operator.getWebhook(id)).state).toBe('applied')
  const before = await operator.getPaymentRecord(payment.id)
  expect(await operator.replayWebhook(id)).toMatchObject({ id, state: 'applied', attention: null })
  expect((await operator.getPaymentRecord(payment.id)).events).toEqual(before.events)
  const actions = await shop.database.rows(
    "select actor from operator_actions where action = 'webhook.replay' and subject = $1",
    [String(id)],
  )
  expect(actions.length).toBe(2)
})
