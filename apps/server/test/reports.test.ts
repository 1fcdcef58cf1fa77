import { credentials } from '@tael/stack'
import { expect } from 'vitest'
import { waitForLog } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import type { Members } from './mutations.ts'
import { postWebhook, signed } from './webhook-items.ts'

const accepted = { status: 202, body: '[accepted]' }

/** How Adyen announces a report (Webhooks v1). */
const report = (file: string, changes: Members = {}): Members => ({
  pspReference: file,
  originalReference: '',
  merchantAccountCode: credentials.ADYEN_MERCHANT_ACCOUNT,
  merchantReference: '',
  amount: { currency: 'EUR', value: 0 },
  eventCode: 'REPORT_AVAILABLE',
  eventDate: '2026-11-23T12:00:00+01:00',
  paymentMethod: '',
  reason: `https://ca-test.adyen.com/reports/download/MerchantAccount/Tael/${file}`,
  success: 'true',
  ...changes,
})

const test = base
  .extend(
    'deliver',
    ({ shop }) =>
      (...items: readonly Members[]) =>
        postWebhook(shop.server, items),
  )
  .extend(
    'stored',
    ({ shop }) =>
      (file: string) =>
        shop.database.inboxItems({ pspReference: file }),
  )

test('a report may come without a signature', async ({ deliver, stored }) => {
  expect(await deliver(report('settlement_1.csv'))).toEqual(accepted)
  expect(await deliver(report('settlement_1.csv', { eventDate: '2026-11-24T12:00:00+01:00' }))).toEqual(
    accepted,
  )
  expect(await stored('settlement_1.csv')).toMatchObject([{ state: 'stored', deliveries: 2 }])
})

test.for<{ name: string; changes: Members }>([
  { name: 'at another host', changes: { reason: 'https://adyen.example/report.csv' } },
  { name: 'at a host that ends alike', changes: { reason: 'https://ca-test.notadyen.com/report.csv' } },
  {
    name: "under Adyen's name as a user",
    changes: { reason: 'https://ca-test.adyen.com@evil.example/r.csv' },
  },
  { name: 'with a user', changes: { reason: 'https://me:pw@ca-test.adyen.com/r.csv' } },
  { name: 'at another port', changes: { reason: 'https://ca-test.adyen.com:8443/r.csv' } },
  { name: 'without TLS', changes: { reason: 'http://ca-test.adyen.com/r.csv' } },
  { name: 'without an address', changes: { reason: '' } },
  { name: 'that names a payment', changes: { merchantReference: 'pay_1' } },
  { name: 'that names what it changes', changes: { originalReference: 'PSP' } },
  { name: 'that failed', changes: { success: 'false' } },
  { name: 'with a path as its file', changes: { pspReference: '../../etc/passwd' } },
  { name: 'with more than a report has', changes: { shopperReference: 'sh_1' } },
  { name: 'with a long text', changes: { paymentMethod: 'x'.repeat(200_000) } },
  { name: 'of money', changes: { eventCode: 'REFUND' } },
])('an unsigned report $name is refused', async ({ name, changes }, { deliver, stored }) => {
  const file = `refused-${name.replaceAll(/\W/g, '')}.csv`
  expect(await deliver(report(file, changes))).toMatchObject({
    status: 401,
    body: { code: 'webhook_unauthenticated' },
  })
  expect(await stored(file)).toEqual([])
})

test('a signed report at another host is no address to send credentials to: it needs attention', async ({
  operator,
  deliver,
  stored,
}) => {
  const honest = signed(report('settlement_2.csv'))
  expect(await deliver(honest)).toEqual(accepted)
  // Its signature covers the file, not the address.
  expect(await deliver({ ...honest, reason: 'https://adyen.example/settlement_2.csv' })).toEqual(accepted)
  const items = await stored('settlement_2.csv')
  expect(items).toMatchObject([{ state: 'stored' }, { state: 'attention' }])
  expect(await operator.listAttention(String(items[1]?.id))).toMatchObject([
    { kind: 'webhook', reason: expect.stringContaining("not one of Adyen's") },
  ])
})

test('of unsigned reports a bounded number is stored, and none blocks what is signed', async ({
  shop,
  deliver,
  stored,
}) => {
  for (let batch = 0; batch < 3; batch += 1) {
    const flood = Array.from({ length: 50 }, (_, index) => report(`flood_${batch}_${index}.csv`))
    expect(await deliver(...flood)).toEqual(accepted)
  }
  expect(await shop.database.count('webhook_items', `psp_reference like 'flood%'`)).toBeLessThanOrEqual(100)
  await waitForLog(shop.server, { level: 50, msg: 'too many unsigned reports: not stored' })
  expect(await deliver(signed(report('settlement_3.csv')))).toEqual(accepted)
  expect(await stored('settlement_3.csv')).toMatchObject([{ state: 'stored' }])
})
