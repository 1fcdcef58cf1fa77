import { expect } from 'vitest'
import { HOUR } from './actors/index.ts'
import { test } from './fixtures.ts'

test('a day after an attempt has ended the database no longer holds what opened its cashier', async ({
  shop: { database },
  shopper,
  adyen,
  clock,
  queue,
}) => {
  const held = () => database.count('payments', 'wx_parameters is not null or payment_data is not null')
  const deleteExpired = async (): Promise<void> => {
    const before = await queue.completed('delete-expired')
    await queue.enqueue('delete-expired', {})
    await queue.waitUntilCompleted('delete-expired', {}, before + 1)
  }
  const paid = await shopper.startBuying(6700)
  await shopper.pay(paid)
  await clock.passTime(23 * HOUR)
  await deleteExpired()
  expect(await held()).toBe(1)
  // A call that is not answered yet still needs the paymentData of its attempt.
  const unanswered = await shopper.startBuying(6700)
  await adyen.withFault({ name: 'lost_request', call: 'details' }, async () => {
    await shopper.submitDetails(unanswered, 'requestPayment:ok')
    await adyen.deliver({ eventCode: 'AUTHORISATION', success: 'false', about: unanswered.payment })
    expect(await shopper.getPayment(unanswered.payment.id)).toMatchObject({ status: 'refused' })
    await database.rows(`update payments set created_at = created_at - interval '1 day'`)
    await deleteExpired()
    expect(await held()).toBe(1)
  })
  // What is paid stays paid, and a phone that returns late learns it.
  expect(await shopper.submitDetails(paid, 'requestPayment:ok')).toMatchObject({ status: 'authorised' })
})

test('an attempt that is still open keeps what opens its cashier', async ({
  shop: { database },
  shopper,
  queue,
}) => {
  const order = await shopper.order(6700)
  const { payment, requestPayment } = await shopper.startPayment(order)
  await database.rows(`update payments set created_at = created_at - interval '2 days' where id = $1`, [
    payment.id,
  ])
  const before = await queue.completed('delete-expired')
  await queue.enqueue('delete-expired', {})
  await queue.waitUntilCompleted('delete-expired', {}, before + 1)
  expect(requestPayment).not.toBeNull()
  expect(await shopper.startPayment(order)).toMatchObject({ payment: { id: payment.id }, requestPayment })
})
