import { type CheckoutClient, createCheckoutClient, readCashierData } from '@tael/adyen'
import { expect, onTestFinished, test } from 'vitest'
import { APP_ID, openShop, paymentBody, type Merchant, startPayment } from './merchant.ts'

/** The server's client, connected to the simulator. */
function clientOf(shop: Merchant, version = 'v72'): CheckoutClient {
  const client = createCheckoutClient({
    baseUrl: `${shop.url}/${version}`,
    apiKey: 'test-api-key',
    deadlineMs: 20_000,
    tryTimeoutMs: 10_000,
  })
  onTestFinished(() => client.close())
  return client
}

test.each([
  ['lost_answer', 11],
  ['transient_500', 12],
  ['unavailable_503', 13],
  ['rate_limited', 14],
  ['in_progress_704', 16],
])('%s: the client retries with its key, and one payment is made', async (scenario, digits) => {
  const shop = await openShop()
  const body = paymentBody(await shop.login(), 1200 + digits, 'r1')
  expect(await clientOf(shop).payments(body, 'key-1')).toMatchObject({
    kind: 'answered',
    body: { resultCode: 'Pending', action: { type: 'sdk' } },
  })
  expect(await shop.ledger()).toMatchObject([{ scenario }])
  const calls = (await shop.callLog()).filter(({ label }) => label === 'POST /payments')
  expect(calls).toHaveLength(2)
  expect(new Set(calls.map(({ headers }) => headers?.['idempotency-key']))).toEqual(new Set(['key-1']))
})

test('lost_details_answer: the client retries and gets Authorised', async () => {
  const shop = await openShop()
  const { prepayId, paymentData } = await startPayment(shop, 1217, 'r1')
  await shop.tap(prepayId, 'pay')
  const body = { paymentData, details: { paymentStatus: 'requestPayment:ok' } }
  expect(await clientOf(shop).paymentDetails(body, 'key-d')).toMatchObject({
    kind: 'answered',
    body: { resultCode: 'Authorised' },
  })
})

test("a refusal is a rejection with Adyen's code", async () => {
  const shop = await openShop()
  const client = clientOf(shop)
  const body = paymentBody(await shop.login(), 1200, 'r1')
  expect(await client.payments({ ...body, returnUrl: '' }, 'key-1')).toMatchObject({
    kind: 'rejected',
    status: 422,
    errorCode: '14_030',
    errorType: 'validation',
  })
  expect(await client.payments({ ...body, merchantAccount: 'Another' }, 'key-2')).toMatchObject({
    kind: 'rejected',
    status: 403,
    errorCode: '901',
  })
  const details = { paymentData: 'unknown', details: { paymentStatus: 'requestPayment:ok' } }
  expect(await client.paymentDetails(details, 'key-3')).toMatchObject({ kind: 'rejected', status: 422 })
})

test.each([
  [7, { resultCode: 'Refused', refusalReasonCode: '2' }],
  [21, { resultCode: 'RedirectShopper', action: { type: 'redirect', data: { signType: 'RSA' } } }],
])('an amount that ends in %i is answered with %j', async (digits, answer) => {
  const shop = await openShop()
  const body = paymentBody(await shop.login(), 1200 + digits, 'r1')
  expect(await clientOf(shop).payments(body, 'key-1')).toMatchObject({ kind: 'answered', body: answer })
})

test('unusable_parameters: the answer has an action without a package', async () => {
  const shop = await openShop()
  const result = await clientOf(shop).payments(paymentBody(await shop.login(), 1209, 'r1'), 'key-1')
  if (result.kind !== 'answered') throw new TypeError(result.kind)
  expect(readCashierData(result.body, APP_ID)).toEqual({ kind: 'unusable', problems: ['package is missing'] })
})

test('v66 is answered in the classic shape', async () => {
  const shop = await openShop()
  const body = paymentBody(await shop.login(), 1200, 'r1')
  expect(await clientOf(shop, 'v66').payments(body, 'key-1')).toMatchObject({
    kind: 'answered',
    body: { resultCode: 'RedirectShopper', redirect: { data: { signType: 'RSA' } } },
  })
})
