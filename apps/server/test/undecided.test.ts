import { shopperRoutes } from '@tael/contracts'
import { expect } from 'vitest'
import { test } from './fixtures.ts'
import { atCashier, logged, order, pay, row, simulatedCalls, submit, withFault } from './shop.ts'

test('while the outcome is unknown no second attempt starts, and nobody is told to pay again', async ({
  shop,
  token,
  lookAtOrder,
}) => {
  const placed = await order(shop, token, 7000)
  const started = await withFault(shop, 'lost_request', () => pay(shop, token, placed))
  expect(started).toMatchObject({
    requestPayment: null,
    payment: { status: 'starting', outcome: { message: 'confirming', nextAction: 'wait', final: false } },
  })
  // The next tap repeats the lost call with its key.
  const again = await pay(shop, token, placed)
  expect(again.payment).toMatchObject({ id: started.payment.id, status: 'awaiting_shopper' })
  await submit(shop, token, again.payment.id, await atCashier(shop, again, 'pay'))
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid' })
})

test('an unknown outcome of the details is confirming, a repeat asks again, and the webhook decides', async ({
  shop,
  token,
}) => {
  const placed = await order(shop, token, 7000)
  const started = await pay(shop, token, placed)
  const failed = 'requestPayment:fail (detail message)'
  const answered = await withFault(shop, 'lost_request', () =>
    submit(shop, token, started.payment.id, failed),
  )
  expect(answered).toMatchObject({
    status: 'processing',
    outcome: { message: 'processing', nextAction: 'wait' },
  })
  expect((await pay(shop, token, placed)).payment).toMatchObject({
    id: started.payment.id,
    status: 'processing',
  })

  await atCashier(shop, started, 'pay')
  const again = await submit(shop, token, started.payment.id, failed)
  expect(again.status).toBe('authorised')
})

test('a call whose answer was lost is repeated by itself, and whoever waits hears of it', async ({
  shop,
  token,
}) => {
  const placed = await order(shop, token, 7000)
  const lost = await withFault(shop, 'lost_request', () => pay(shop, token, placed))
  expect(lost.payment.status).toBe('starting')
  const { id, version } = lost.payment
  const waiting = { params: { paymentId: id }, query: { afterVersion: version, waitMs: 25_000 } }
  expect(await shop.call(shopperRoutes.getPayment, waiting, { token, timeoutMs: 30_000 })).toMatchObject({
    status: 'awaiting_shopper',
  })

  const started = await pay(shop, token, placed)
  expect(started.payment.id).toBe(id)
  const errMsg = await atCashier(shop, started, 'cancel')
  const asked = await withFault(shop, 'lost_request', () => submit(shop, token, id, errMsg))
  expect(asked.status).toBe('processing')
  const again = { params: { paymentId: id }, query: { afterVersion: asked.version, waitMs: 25_000 } }
  expect(await shop.call(shopperRoutes.getPayment, again, { token, timeoutMs: 30_000 })).toMatchObject({
    status: 'cancelled',
  })
})

test('details that Adyen refuses leave the payment undecided for the webhook, and are not repeated', async ({
  shop,
  token,
}) => {
  // Amounts ending in 21 come without paymentData, and Adyen does not take the details without it.
  const started = await pay(shop, token, await order(shop, token, 3021))
  const asked = await submit(shop, token, started.payment.id, 'requestPayment:ok')
  expect(asked).toMatchObject({ status: 'processing', outcome: { nextAction: 'wait' } })
  const { waiting } = await row(
    shop,
    'select count(*)::int as waiting from adyen_calls where payment_id = $1 and answered_at is null',
    [started.payment.id],
  )
  expect(waiting).toBe(0)
  await logged(shop.server, /Adyen refused the call/)
})

test('one key to Adyen never carries two bodies', async ({ shop, token }) => {
  const started = await pay(shop, token, await order(shop, token, 5500))
  const said = (words: string) => submit(shop, token, started.payment.id, `requestPayment:fail ${words}`)
  await withFault(shop, 'lost_request', () => said('one'))
  await said('two')
  const calls = await simulatedCalls(shop, 'POST /payments/details')
  const ours = calls.filter((call) => call.includes('requestPayment:fail one'))
  expect(ours.length).toBeGreaterThan(1)
  expect(calls.filter((call) => call.includes('requestPayment:fail two'))).toEqual([])
})
