import { expect, test } from 'vitest'
import { openShop, paymentBody, sendDetails, startPayment } from './merchant.ts'

test('the same key repeats the first answer, whatever the body, and makes one payment', async () => {
  const shop = await openShop()
  const openid = await shop.login()
  const first = await shop.checkout('/payments', paymentBody(openid, 1280, 'r1'), 'key-1')
  const again = await shop.checkout('/payments', paymentBody(openid, 9900, 'r2'), 'key-1')
  expect(again.body).toEqual(first.body)
  expect(again.headers.get('idempotency-key')).toBe('key-1')
  expect(await shop.ledger()).toHaveLength(1)
})

test('a key belongs to the company account: another endpoint repeats its answer', async () => {
  const shop = await openShop()
  const first = await shop.checkout('/payments', paymentBody(await shop.login(), 1280, 'r1'), 'key-1')
  expect((await shop.checkout('/paymentMethods', { merchantAccount: 'TaelTest' }, 'key-1')).body).toEqual(
    first.body,
  )
})

test('a refusal is repeated, the answer to a wrong API key is not', async () => {
  const shop = await openShop()
  const body = paymentBody(await shop.login(), 1280, 'r1')
  await shop.send('POST', '/v72/payments', body, { 'x-api-key': 'wrong', 'idempotency-key': 'key-1' })
  const refused = await shop.checkout('/payments', { ...body, returnUrl: '' }, 'key-1')
  expect(refused).toMatchObject({ status: 422, body: { errorCode: '14_030' } })
  expect((await shop.checkout('/payments', body, 'key-1')).body).toEqual(refused.body)
})

test('a duplicate of a request in progress is refused with 704 and changes nothing', async () => {
  const shop = await openShop({ config: { speed: 1 } })
  const body = paymentBody(await shop.login(), 1218, 'r1')
  const slow = shop.checkout('/payments', body, 'key-1')
  await expect.poll(() => shop.ledger()).toHaveLength(1)
  const duplicates = await Promise.all([1, 2].map(() => shop.checkout('/payments', body, 'key-1')))
  for (const duplicate of duplicates) {
    expect(duplicate).toMatchObject({
      status: 422,
      body: { errorCode: '704', message: 'request already processed or in progress' },
    })
  }
  await shop.forward(3_000)
  expect(await slow).toMatchObject({ status: 200 })
  expect((await shop.checkout('/payments', body, 'key-1')).body).toEqual((await slow).body)
  expect(await shop.ledger()).toHaveLength(1)
})

test('a key expires after seven days', async () => {
  const shop = await openShop()
  const openid = await shop.login()
  await shop.checkout('/payments', paymentBody(openid, 1280, 'r1'), 'key-1')
  await shop.forward(7 * 24 * 60 * 60_000)
  await shop.checkout('/payments', paymentBody(openid, 1280, 'r2'), 'key-1')
  expect(await shop.ledger()).toMatchObject([{ merchantReference: 'r1' }, { merchantReference: 'r2' }])
})

test('/payments/details: a key repeats its answer, a repeat without one is refused', async () => {
  const shop = await openShop()
  const { prepayId, paymentData } = await startPayment(shop, 1280, 'r1')
  const first = await sendDetails(shop, paymentData, 'requestPayment:ok', 'key-d')
  await shop.tap(prepayId, 'pay')
  expect((await sendDetails(shop, paymentData, 'requestPayment:ok', 'key-d')).body).toEqual(first.body)
  const body = { paymentData, details: { paymentStatus: 'requestPayment:ok' } }
  expect(await shop.checkout('/payments/details', body)).toMatchObject({
    status: 422,
    body: { errorCode: '704' },
  })
})
