import { chosenRefundReasons, type CreatedRefund, type Payment, type RefundProposal } from '@tael/contracts'
import { expect } from 'vitest'
import { DAY, fen, type Operator, refusalOf } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const LIMIT = 50_000

const test = base
  /** May refund ¥500.00 of one payment by herself. */
  .extend('lina', { scope: 'file' }, ({ shop }) => shop.refunder('Lina', fen(LIMIT)))
  /** May refund whatever is left. */
  .extend('boss', { scope: 'file' }, ({ shop }) => shop.refunder('Boris'))

const codeOf = async (call: Promise<unknown>): Promise<string> => (await refusalOf(call)).code

function proposalIn(created: CreatedRefund): RefundProposal {
  if (created.state === 'awaiting_confirmation') return created.proposal
  throw new Error('The refund was requested.')
}

test('a refund above the limit moves no money until a second operator confirms it', async ({
  shop,
  shopper,
  adyen,
  lina,
  boss,
}) => {
  const payment = await shopper.buy(90_000)
  const key = crypto.randomUUID()
  const wish = { reason: 'returned_goods', note: 'Two boxes came back.' } as const
  const proposal = proposalIn(await lina.createRefund(payment, wish, key))
  expect(proposal).toMatchObject({
    ...wish,
    paymentId: payment.id,
    orderId: payment.orderId,
    amount: payment.amount,
    state: 'awaiting',
    proposedBy: { name: 'Lina' },
    decidedBy: null,
  })
  // The same request is the same proposal.
  expect(proposalIn(await lina.createRefund(payment, wish, key))).toEqual(proposal)
  expect(await boss.getPaymentRecord(payment.id)).toMatchObject({ refundable: payment.amount, refunds: [] })
  expect(await boss.listAttention(proposal.refundId)).toMatchObject([
    {
      kind: 'refund_proposed',
      amount: payment.amount,
      orderId: payment.orderId,
      reason: 'Lina proposed to refund ¥900.00: another operator has to confirm it',
      actions: [
        { route: 'confirmRefund' },
        { route: 'rejectRefund', params: { refundId: proposal.refundId } },
      ],
    },
  ])

  const refund = await boss.confirmRefund(proposal.refundId)
  expect(refund).toMatchObject({
    id: proposal.refundId,
    status: 'requested',
    ...wish,
    amount: payment.amount,
    requestedBy: proposal.proposedBy,
  })
  expect(await boss.confirmRefund(proposal.refundId)).toMatchObject({ id: refund.id })
  const refunded = async () => {
    await adyen.waitForDeliveries()
    return adyen.payment(payment.id)
  }
  await expect.poll(refunded).toMatchObject({ refunded: 90_000 })
  // What it led to in the meantime, once its webhook was applied.
  await expect
    .poll(() => lina.createRefund(payment, wish, key))
    .toMatchObject({ state: 'requested', refund: { id: refund.id, status: 'refunded' } })
  const record = await boss.getOrderRecord(payment.orderId)
  expect(record).toMatchObject({
    refundProposals: [{ refundId: refund.id, state: 'confirmed', decidedBy: { name: 'Boris' } }],
    payments: [{ refunds: [{ id: refund.id, ...wish }] }],
  })
  expect(record.timeline.flatMap((entry) => (entry.kind === 'action' ? [entry.action] : []))).toEqual(
    expect.arrayContaining(['refund.propose', 'refund.confirm']),
  )
  expect(await shop.database.operatorActions(refund.id)).toMatchObject([
    { operator: 'Boris', action: 'refund.confirm', detail: { paymentId: payment.id } },
  ])
  expect(await boss.listAttention(proposal.refundId)).toEqual([])
  // Neither the reason nor the note is for the shopper.
  const order = JSON.stringify(await shopper.getOrder(payment.orderId))
  expect(order).not.toContain('returned_goods')
  expect(order).not.toContain('Two boxes')
})

test('a limit holds for all that a key refunds of one payment, and of each payment anew', async ({
  shopper,
  lina,
}) => {
  const payment = await shopper.buy(90_000)
  expect(await lina.createRefund(payment, { value: 30_000 })).toMatchObject({ state: 'requested' })
  expect(await lina.createRefund(payment, { value: 20_001 })).toMatchObject({
    state: 'awaiting_confirmation',
  })
  expect(await lina.createRefund(payment, { value: 20_000 })).toMatchObject({ state: 'requested' })
  expect(await lina.createRefund(payment, { value: 1 })).toMatchObject({ state: 'awaiting_confirmation' })
  expect(await lina.createRefund(await shopper.buy(90_000), { value: LIMIT })).toMatchObject({
    state: 'requested',
  })
})

test('small refunds at the same moment do not exceed the limit together', async ({ shopper, lina }) => {
  const payment = await shopper.buy(90_000)
  const created = await Promise.all(
    Array.from({ length: 8 }, () => lina.createRefund(payment, { value: 11_000 })),
  )
  expect(created.filter(({ state }) => state === 'requested')).toHaveLength(4)
  expect(await lina.getPaymentRecord(payment.id)).toMatchObject({ refundable: fen(46_000) })
})

test('a limit in another currency allows nothing', async ({ shop, shopper }) => {
  const abroad = shop.refunder('Hanako', { currency: 'JPY', value: 1_000_000 })
  expect(await abroad.createRefund(await shopper.buy(90_000), { value: 1 })).toMatchObject({
    state: 'awaiting_confirmation',
  })
})

/** Proposes to refund all of a payment, and returns the id of the refund. */
async function propose(operator: Operator, payment: Payment): Promise<string> {
  return proposalIn(await operator.createRefund(payment)).refundId
}

test('nobody confirms their own refund, with whichever key, nor one above their own limit', async ({
  shop,
  shopper,
  lina,
  boss,
}) => {
  const refundId = await propose(lina, await shopper.buy(90_000))
  expect(await codeOf(lina.confirmRefund(refundId))).toBe('second_operator_required')
  expect(await codeOf(shop.refunder(' lina').confirmRefund(refundId))).toBe('second_operator_required')
  const other = shop.refunder('Otto', fen(89_999))
  expect(await refusalOf(other.confirmRefund(refundId))).toMatchObject({
    code: 'refund_limit_exceeded',
    detail: 'Let an operator confirm it who may refund more: your limit for one payment is ¥899.99.',
  })
  expect(await codeOf(shop.operator('payments:read').confirmRefund(refundId))).toBe('scope_missing')
  expect(await codeOf(boss.confirmRefund('rf_unknown'))).toBe('refund_proposal_not_found')
  expect(await boss.confirmRefund(refundId)).toMatchObject({ id: refundId })
})

test('what an operator confirmed of a payment counts towards their own limit', async ({ shop, shopper }) => {
  const [anna, ben] = [shop.refunder('Anna', fen(40_000)), shop.refunder('Ben', fen(40_000))]
  const payment = await shopper.buy(90_000)
  expect(await anna.createRefund(payment, { value: 40_000 })).toMatchObject({ state: 'requested' })
  const [first, second] = [
    proposalIn(await anna.createRefund(payment, { value: 25_000 })),
    proposalIn(await anna.createRefund(payment, { value: 25_000 })),
  ]
  expect(await ben.confirmRefund(first.refundId)).toMatchObject({ amount: fen(25_000) })
  expect(await codeOf(ben.confirmRefund(second.refundId))).toBe('refund_limit_exceeded')
})

test('of many who confirm or reject at the same moment one decides, and it is refunded at most once', async ({
  shop,
  shopper,
  adyen,
  lina,
}) => {
  const payment = await shopper.buy(90_000)
  const refundId = await propose(lina, payment)
  const others = Array.from({ length: 6 }, (_, index) => shop.refunder(`Operator ${index}`))
  const results = await Promise.allSettled(
    others.map((other, index) =>
      index === 5 ? other.rejectRefund(refundId, 'Too much.') : other.confirmRefund(refundId),
    ),
  )
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const { proposals } = await lina.listRefundProposals({ limit: 1 })
  const isConfirmed = proposals[0]?.state === 'confirmed'
  expect(proposals).toMatchObject([{ refundId, state: isConfirmed ? 'confirmed' : 'rejected' }])
  const refunded = async () => {
    await adyen.waitForDeliveries()
    return adyen.payment(payment.id)
  }
  await expect.poll(refunded).toMatchObject({ refunded: isConfirmed ? 90_000 : 0 })
})

test('a rejected proposal stays rejected, and its proposer may withdraw it', async ({
  shop,
  shopper,
  lina,
  boss,
}) => {
  const payment = await shopper.buy(90_000)
  const refundId = await propose(lina, payment)
  const rejected = await boss.rejectRefund(refundId, 'The goods did not come back.')
  expect(rejected).toMatchObject({ state: 'rejected', rejection: 'The goods did not come back.' })
  expect(await boss.rejectRefund(refundId, 'The goods did not come back.')).toEqual(rejected)
  expect(await refusalOf(boss.confirmRefund(refundId))).toMatchObject({
    code: 'refund_proposal_decided',
    detail: 'Decide it once: Boris has rejected it.',
  })
  expect(await shop.database.operatorActions(refundId)).toMatchObject([{ action: 'refund.reject' }])
  const withdrawn = await propose(lina, payment)
  expect(await lina.rejectRefund(withdrawn, 'The wrong order.')).toMatchObject({ state: 'rejected' })
  expect(await boss.getPaymentRecord(payment.id)).toMatchObject({ refunds: [], refundable: fen(90_000) })
})

test('a confirmation finds the money gone, and the proposal stays', async ({ shopper, lina, boss }) => {
  const payment = await shopper.buy(90_000)
  const refundId = await propose(lina, payment)
  await boss.refund(payment, 1)
  expect(await refusalOf(boss.confirmRefund(refundId))).toMatchObject({
    code: 'refund_exceeds_payment',
    amount: fen(89_999),
  })
  const { proposals } = await boss.listRefundProposals({ state: 'awaiting' })
  expect(proposals.map((one) => one.refundId)).toContain(refundId)
})

test('a proposal expires after a week', async ({ shopper, clock, lina, boss }) => {
  const refundId = await propose(lina, await shopper.buy(90_000))
  await clock.passTime(8 * DAY)
  expect(await codeOf(boss.confirmRefund(refundId))).toBe('refund_proposal_decided')
  expect(await codeOf(boss.rejectRefund(refundId, 'Late.'))).toBe('refund_proposal_decided')
  const { proposals } = await boss.listRefundProposals({ state: 'expired' })
  expect(proposals.map((one) => one.refundId)).toContain(refundId)
  expect(await boss.listAttention(refundId)).toEqual([])
})

test('the database refuses a proposal that its proposer confirms', async ({ shop, shopper, lina }) => {
  const refundId = await propose(lina, await shopper.buy(90_000))
  await expect(
    shop.database.rows(
      `update refund_proposals set decision = 'confirmed', decided_by = proposed_by, decided_by_name = 'Lina',
         decided_at = now() where refund_id = $1`,
      [refundId],
    ),
  ).rejects.toThrow(/check constraint/)
})

test('refunds are listed newest first, by status, reason, amount and time', async ({
  shop,
  shopper,
  boss,
  merchant,
}) => {
  const payment = await shopper.buy(12_300)
  for (const reason of chosenRefundReasons)
    await boss.createRefund(payment, {
      value: 77,
      reason,
      ...(reason === 'other' ? { note: 'A story.' } : {}),
    })
  const { refunds } = await boss.listRefunds({ value: 77 })
  expect(refunds.map(({ reason }) => reason)).toEqual(chosenRefundReasons.toReversed())
  const first = await boss.listRefunds({ value: 77, limit: 3 })
  const rest = await boss.listRefunds({ value: 77, before: first.next ?? '' })
  expect([...first.refunds, ...rest.refunds].map(({ id }) => id)).toEqual(refunds.map(({ id }) => id))
  expect((await boss.listRefunds({ value: 77, reason: 'other' })).refunds).toMatchObject([
    { note: 'A story.', orderId: payment.orderId, requestedBy: { name: 'Boris' }, amount: fen(77) },
  ])
  expect((await boss.listRefunds({ value: 77, to: '2020-01-01' })).refunds).toEqual([])
  await shop.queue.waitUntilCompleted('make-refund', { paymentId: payment.id })
  expect((await boss.listRefunds({ value: 77, status: 'failed' })).refunds).toEqual([])

  const own = await merchant.put()
  await shopper.pay(await shopper.startPayment(own))
  const { id } = await merchant.refund(own, 55)
  expect((await boss.listRefunds({ reason: 'merchant', value: 55 })).refunds).toMatchObject([
    { id, reason: 'merchant', note: null },
  ])
  await shop.database.rows('update refunds set stated_reason = null, requested_by = null where id = $1', [id])
  expect((await boss.listRefunds({ reason: 'unstated' })).refunds).toMatchObject([
    { id, reason: 'unstated', requestedBy: null },
  ])
})

test('another reason needs a note', async ({ shopper, boss }) => {
  expect(await refusalOf(boss.createRefund(await shopper.buy(4000), { reason: 'other' }))).toMatchObject({
    code: 'validation_failed',
    errors: [{ path: 'body/note', message: 'is missing' }],
  })
})
