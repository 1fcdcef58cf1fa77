import { userInfo } from 'node:os'
import { expect } from 'vitest'
import { fen } from './actors/index.ts'
import { test } from './fixtures.ts'
import { refundInVain } from './refund-in-vain.ts'

const me = { id: `command:${userInfo().username}`, name: userInfo().username }

test('a payment is refunded on the command line, once for a key, in the name of who ran it', async ({
  shop,
  shopper,
  operator,
}) => {
  const payment = await shopper.buy(6000)
  const refund = (...options: readonly string[]) =>
    operator.run('refund', payment.id, '--amount', '15.00 CNY', '--reason', 'returned_goods', ...options)
  const first = await refund('--note', 'one box', '--key', 'one-key-for-this-refund')
  expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/^rf_\w+ is requested: ¥15\.00\n$/) })
  await refund('--note', 'one box', '--key', 'one-key-for-this-refund')
  const { refunds } = await operator.getPaymentRecord(payment.id)
  expect(refunds).toMatchObject([
    { amount: fen(1500), reason: 'returned_goods', note: 'one box', requestedBy: me },
  ])
  const actions = await shop.database.operatorActions(payment.id)
  expect(actions.filter(({ action }) => action === 'refund.create')).toHaveLength(1)
  const listed = await operator.run('refunds', '--reason', 'returned_goods')
  expect(listed.out).toContain(`${refunds[0]?.id}  `)
  expect(listed.out).toContain(`returned_goods by ${me.name}: one box`)
  expect((await operator.run('refunds', '--json')).out).toContain('"note": "one box"')
})

test.for([
  [['--amount', '15.001 CNY', '--reason', 'goodwill'], 64, '--amount must be an amount such as'],
  [['--amount', '15 EURO', '--reason', 'goodwill'], 64, '--amount must be an amount such as'],
  [['--amount', '15.00 CNY', '--reason', 'because'], 64, 'The reason is invalid'],
  [['--amount', '15.00 CNY', '--reason', 'other'], 65, 'Add a note to a refund for another reason.'],
  [['--amount', '999.00 CNY', '--reason', 'goodwill'], 65, 'Refund no more than is left of the payment'],
  [['--amount', '15 JPY', '--reason', 'goodwill'], 65, 'Refund no more than is left of the payment'],
] as const)('it refuses %j', async ([options, code, words], { shopper, operator }) => {
  const payment = await shopper.buy(6100)
  const ended = await operator.run('refund', payment.id, ...options)
  expect(ended).toMatchObject({ code, err: expect.stringContaining(words) })
  expect(await operator.getPaymentRecord(payment.id)).toMatchObject({ refunds: [] })
})

test('a proposed refund is listed, confirmed and rejected on the command line', async ({
  shop,
  shopper,
  operator,
}) => {
  const payment = await shopper.buy(90_000)
  const { out: created } = await operator.run(
    'create-operator-key',
    '--name',
    'Lina',
    '--scope',
    'refunds:write',
    '--refund-limit',
    '500.00 CNY',
  )
  const [id = '', key = ''] = created.split('\n')
  const lina = operator.withKey(key)
  expect((await operator.run('list-operator-keys')).out).toMatch(
    new RegExp(`${id} .* Lina {2}refunds up to ¥500\\.00\n`),
  )
  const propose = async (value: number): Promise<string> => {
    const answer = await lina.createRefund(payment, { value })
    return answer.state === 'requested' ? answer.refund.id : answer.proposal.refundId
  }
  const [first, second] = [await propose(50_100), await propose(50_200)]
  const { out } = await operator.run('refund-proposals', '--state', 'awaiting')
  expect(out).toMatch(new RegExp(`${second} .* awaiting {2}¥502\\.00 .* by Lina\n${first} `))
  expect(await operator.run('reject-refund', first)).toMatchObject({ code: 64 })
  expect(await operator.run('reject-refund', first, '--note', 'Twice.')).toMatchObject({
    code: 0,
    out: `${first} is rejected\n`,
  })
  expect(await operator.run('confirm-refund', first)).toMatchObject({ code: 65 })
  expect(await operator.run('confirm-refund', second)).toMatchObject({
    code: 0,
    out: `${second} is requested: ¥502.00\n`,
  })
  expect(
    await shop.database.rows('select actor, action from operator_actions where subject = $1', [second]),
  ).toEqual([{ actor: me.id, action: 'refund.confirm' }])
  // The person, not the key, may not confirm what they proposed.
  const mine = shop.refunder(me.name.toUpperCase(), fen(0))
  const answer = await mine.createRefund(payment, { value: 1 })
  const third = answer.state === 'requested' ? '' : answer.proposal.refundId
  expect(await operator.run('confirm-refund', third)).toMatchObject({
    code: 65,
    err: expect.stringContaining('Let another operator confirm it'),
  })
})

test.for([
  ['--scope', 'payments:read', '--refund-limit', '500.00 CNY'],
  ['--scope', 'refunds:write', '--scope', 'merchant:refunds', '--refund-limit', '500.00 CNY'],
  ['--scope', 'refunds:write', '--scope', 'keys:write', '--refund-limit', '500.00 CNY'],
  ['--scope', 'refunds:write', '--refund-limit', '500'],
])('a key that could evade its limit is not created: %j', async (options, { operator }) => {
  const created = await operator.run('create-operator-key', '--name', 'Lina', ...options)
  expect(created).toMatchObject({ code: 64, out: '', err: expect.stringContaining('--refund-limit') })
})

test('a requested refund is declined, one sent again and an order shipped on the command line', async ({
  shop,
  shopper,
  operator,
}) => {
  const payment = await shopper.buy(6200)
  const { orderId } = payment
  await shopper.requestRefund(orderId)
  expect(await operator.run('decline-refund', orderId, '--reason', '茶叶已拆封')).toMatchObject({ code: 0 })
  expect(await shopper.getOrder(orderId)).toMatchObject({ refundDecline: { reason: '茶叶已拆封' } })
  expect(await operator.run('decline-refund', orderId, '--reason', 'again')).toMatchObject({ code: 65 })

  const shipped = await operator.run('ship-order', orderId, '--type', 'express', '--items', 'Tea')
  expect(shipped).toMatchObject({ code: 65, err: expect.stringContaining('Add the carrier') })
  const express = ['--type', 'express', '--items', 'Tea', '--carrier', 'YTO', '--tracking-no', 'YT1']
  expect(await operator.run('ship-order', orderId, ...express)).toMatchObject({ code: 0 })
  expect(await operator.getOrderRecord(orderId)).toMatchObject({ shipment: { carrier: 'YTO', items: 'Tea' } })

  const refundId = await refundInVain(shop, operator, payment, 100)
  expect(await operator.run('resend-refund', refundId)).toMatchObject({ code: 64 })
  expect(await operator.run('resend-refund', refundId, '--note', 'not there')).toMatchObject({
    code: 0,
    out: `${refundId} is sent again\n`,
  })
  await expect
    .poll(async () => (await operator.getPaymentRecord(payment.id)).refunds)
    .toMatchObject([{ id: refundId, status: 'refunded' }])
  expect(await operator.run('resend-refund', refundId, '--note', 'not there')).toMatchObject({ code: 65 })
  const actions = await shop.database.rows(
    'select distinct actor, action from operator_actions where actor = $1 and subject in ($2, $3) order by action',
    [me.id, orderId, refundId],
  )
  expect(actions.map(({ action }) => action)).toEqual(['order.ship', 'refund.decline', 'refund.resend'])
})
