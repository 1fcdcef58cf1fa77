import { expect } from 'vitest'
import { waitForLog } from './actors/index.ts'
import { test } from './fixtures.ts'

test('while the outcome is unknown no second attempt starts, and the shopper is not asked to pay again', async ({
  shopper,
  adyen,
}) => {
  const order = await shopper.order(7000)
  const lost = await adyen.withFault({ name: 'lost_request' }, () => shopper.startPayment(order))
  expect(lost).toMatchObject({
    requestPayment: null,
    payment: { status: 'starting', outcome: { message: 'confirming', nextAction: 'wait', final: false } },
  })
  // The next tap repeats the lost call with its key.
  const attempt = await shopper.startPayment(order)
  expect(attempt.payment).toMatchObject({ id: lost.payment.id, status: 'awaiting_shopper' })
  await shopper.pay(attempt)
  expect(await shopper.getOrder(order.id)).toMatchObject({ status: 'paid' })
})

test('details that were lost leave the payment processing, and submitting them again asks Adyen again', async ({
  shopper,
  adyen,
}) => {
  const order = await shopper.order(7000)
  const attempt = await shopper.startPayment(order)
  const ok = 'requestPayment:ok'
  const lost = await adyen.withFault({ name: 'lost_request' }, () => shopper.submitDetails(attempt, ok))
  expect(lost).toMatchObject({
    status: 'processing',
    outcome: { message: 'processing', nextAction: 'wait' },
  })
  expect(await shopper.startPayment(order)).toMatchObject({
    payment: { id: attempt.payment.id, status: 'processing' },
  })

  await shopper.payAtCashier(attempt)
  expect(await shopper.submitDetails(attempt, ok)).toMatchObject({ status: 'authorised' })
})

test('a call whose answer was lost is retried by a job, and whoever waits for it is answered', async ({
  shopper,
  adyen,
}) => {
  const order = await shopper.order(7000)
  const lost = await adyen.withFault({ name: 'lost_request' }, () => shopper.startPayment(order))
  expect(lost.payment.status).toBe('starting')
  expect(await shopper.waitForChange(lost.payment)).toMatchObject({ status: 'awaiting_shopper' })

  const attempt = await shopper.startPayment(order)
  expect(attempt.payment.id).toBe(lost.payment.id)
  const errMsg = await shopper.cancelAtCashier(attempt)
  const undecided = await adyen.withFault({ name: 'lost_request' }, () =>
    shopper.submitDetails(attempt, errMsg),
  )
  expect(undecided.status).toBe('awaiting_shopper')
  await expect.poll(() => shopper.waitForChange(undecided)).toMatchObject({ status: 'cancelled' })
})

test('details that Adyen rejects leave the payment undecided for the webhook, and are not retried', async ({
  shop,
  shopper,
  adyen,
  queue,
}) => {
  // Amounts ending in 21 come without paymentData, and Adyen rejects the details without it.
  const attempt = await shopper.startBuying(3021)
  const { id: paymentId } = attempt.payment
  const before = (await adyen.calls('details')).length
  expect(await shopper.submitDetails(attempt, 'requestPayment:ok')).toMatchObject({
    status: 'processing',
    outcome: { nextAction: 'wait' },
  })
  expect(await queue.waiting('make-call', { paymentId })).toBe(0)
  await queue.enqueue('retry-abandoned-calls', {})
  await queue.waitUntilEmpty('retry-abandoned-calls')
  expect(await queue.waiting('make-call', { paymentId })).toBe(0)
  expect(await adyen.calls('details')).toHaveLength(before + 1)
  await waitForLog(shop.server, { msg: 'Adyen refused the call', paymentId })
})

test('one key to Adyen never carries two bodies', async ({ shopper, adyen }) => {
  const attempt = await shopper.startBuying(5500)
  const fail = (detail: string) => shopper.submitDetails(attempt, `requestPayment:fail ${detail}`)
  await adyen.withFault({ name: 'lost_request' }, () => fail('one'))
  await fail('two')
  const calls = await adyen.calls('details')
  const statuses = calls.map(({ paymentStatus }) => paymentStatus)
  expect(statuses.filter((status) => status === 'requestPayment:fail one').length).toBeGreaterThan(1)
  expect(statuses).not.toContain('requestPayment:fail two')
})
