import { verify } from '@tael/adyen'
import { expect, test } from 'vitest'
import { eventDate } from '../src/state/webhook-queue.ts'
import { baseConfig, openShop, startPayment } from './merchant.ts'

test('a webhook is signed and has basic auth', async () => {
  const shop = await openShop()
  const { prepayId } = await startPayment(shop, 1280, 'r1')
  await shop.tap(prepayId, 'pay')
  await shop.waitUntilIdle()
  const [webhook] = shop.webhooks
  const credentials = Buffer.from('webhook-user:webhook-password').toString('base64')
  expect(webhook?.headers).toMatchObject({
    authorization: `Basic ${credentials}`,
    'content-type': 'application/json',
  })
  expect(verify(webhook?.item ?? {}, [baseConfig.hmacKey])).toBe(true)
  expect(verify(webhook?.item ?? {}, ['00'])).toBe(false)
})

test.each([
  ['2026-01-15T23:30:00Z', '2026-01-16T00:30:00+01:00'],
  ['2026-07-15T12:00:00Z', '2026-07-15T14:00:00+02:00'],
  // Summer time begins and ends at 01:00 UTC.
  ['2026-03-29T00:59:59Z', '2026-03-29T01:59:59+01:00'],
  ['2026-03-29T01:00:00Z', '2026-03-29T03:00:00+02:00'],
  ['2026-10-25T01:00:00Z', '2026-10-25T02:00:00+01:00'],
])("what happens at %s is dated %s, by Amsterdam's clock", (at, dated) => {
  expect(eventDate(Date.parse(at))).toBe(dated)
})

test("a webhook is dated with Amsterdam's offset, and means the same moment", async () => {
  const before = Date.now()
  const shop = await openShop()
  const { prepayId } = await startPayment(shop, 1280, 'r1')
  await shop.tap(prepayId, 'pay')
  await shop.waitUntilIdle()
  const date = shop.webhooks[0]?.item.eventDate ?? ''
  expect(date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00$/)
  expect(Date.parse(date)).toBeGreaterThanOrEqual(before - 1_000)
  expect(Date.parse(date)).toBeLessThanOrEqual(Date.now())
})

test('a delivery that fails is retried before the next one is sent', async () => {
  const shop = await openShop({
    config: { speed: 10_000 },
    answerWebhook: (count) => (count <= 5 ? 500 : 200),
  })
  for (const merchantReference of ['first', 'second', 'third'])
    await shop.send('POST', '/simulator/webhooks', { merchantReference })
  await shop.waitUntilIdle()
  expect(shop.webhooks.map(({ item }) => item.merchantReference)).toEqual([
    ...Array<string>(6).fill('first'),
    'second',
    'third',
  ])
})

test('retries come after 9, 18 and 27 seconds, then after two and five minutes more', async () => {
  const shop = await openShop({ config: { speed: 1 }, answerWebhook: () => 500 })
  await shop.send('POST', '/simulator/webhooks', {})
  for (const [index, waitMs] of [9_000, 9_000, 9_000, 120_000, 300_000].entries()) {
    await expect.poll(() => answeredAttempts(shop)).toBe(index + 1)
    await shop.forward(waitMs - 2_000)
    expect(shop.webhooks).toHaveLength(index + 1)
    await shop.forward(2_000)
    await expect.poll(() => shop.webhooks.length).toBe(index + 2)
  }
})

async function answeredAttempts(shop: Awaited<ReturnType<typeof openShop>>): Promise<number> {
  const entries = await shop.callLog()
  return entries.filter(({ from, kind }) => from === 'server' && kind === 'answer').length
}

test('duplicate_webhook sends AUTHORISATION twice', async () => {
  const shop = await openShop()
  const { prepayId } = await startPayment(shop, 1222, 'r1')
  await shop.tap(prepayId, 'pay')
  await shop.waitUntilIdle()
  const [first, second] = shop.webhooks
  expect(shop.webhooks).toHaveLength(2)
  expect(second?.body).toEqual(first?.body)
})

test('reordered_webhook sends an older failure after the success', async () => {
  const shop = await openShop()
  const { prepayId } = await startPayment(shop, 1223, 'r1')
  await shop.tap(prepayId, 'pay')
  await shop.waitUntilIdle()
  const [first, second] = shop.webhooks.map(({ item }) => item)
  expect([first?.success, second?.success]).toEqual(['true', 'false'])
  expect(second?.pspReference).toBe(first?.pspReference)
  expect(Date.parse(second?.eventDate ?? '')).toBeLessThan(Date.parse(first?.eventDate ?? ''))
  expect(await shop.ledger()).toMatchObject([{ result: 'authorised', paid: 1223 }])
})

test('lost_webhook arrives at the third attempt', async () => {
  const shop = await openShop()
  const { prepayId } = await startPayment(shop, 1224, 'r1')
  await shop.tap(prepayId, 'pay')
  await shop.waitUntilIdle()
  expect(shop.webhooks).toHaveLength(1)
  const attempts = (await shop.callLog()).filter(
    ({ label }) => label === 'webhook AUTHORISATION success=true',
  )
  expect(attempts).toHaveLength(3)
})

test.each(['REFUND_FAILED', 'REFUNDED_REVERSED'])(
  'the money of a refund that %s takes back can be refunded again',
  async (eventCode) => {
    const shop = await openShop()
    const { prepayId } = await startPayment(shop, 1280, 'r1')
    await shop.tap(prepayId, 'pay')
    const [payment] = await shop.ledger()
    const refund = async (reference: string): Promise<void> => {
      const amount = { currency: 'CNY', value: 1280 }
      const body = { merchantAccount: baseConfig.merchantAccount, amount, reference }
      await shop.checkout(`/payments/${payment?.pspReference}/refunds`, body)
      await shop.waitUntilIdle()
    }
    await refund('f1')
    await shop.send('POST', '/simulator/webhooks', { eventCode, merchantReference: 'f1' })
    expect(await shop.ledger()).toMatchObject([{ paid: 1280, refunded: 0 }])
    await refund('f2')
    expect(shop.webhooks.at(-1)?.item).toMatchObject({ eventCode: 'REFUND', success: 'true' })
    expect(await shop.ledger()).toMatchObject([{ refunded: 1280 }])
  },
)

test('POST /simulator/webhooks fills in missing fields and signs, but keeps a given signature', async () => {
  const shop = await openShop()
  const amount = { currency: 'CNY', value: 5 }
  await shop.send('POST', '/simulator/webhooks', {
    eventCode: 'REFUND_FAILED',
    merchantReference: 'r9',
    amount,
  })
  await shop.send('POST', '/simulator/webhooks', { additionalData: { hmacSignature: 'forged' } })
  await shop.waitUntilIdle()
  const [real, forged] = shop.webhooks.map(({ item }) => item)
  expect(real).toMatchObject({ eventCode: 'REFUND_FAILED', merchantReference: 'r9', amount, success: 'true' })
  expect(verify(real ?? {}, [baseConfig.hmacKey])).toBe(true)
  expect(forged?.additionalData).toEqual({ hmacSignature: 'forged' })
  expect(await shop.send('POST', '/simulator/webhooks', { success: true })).toMatchObject({ status: 400 })
})
