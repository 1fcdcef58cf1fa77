import type { Payment } from '@tael/contracts'
import { credentials } from '@tael/stack'
import { expect } from 'vitest'
import { fen, logLines, refusalOf, waitForLog } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { brokenInvariants } from './invariants.ts'
import type { Members } from './mutations.ts'
import { authorisationOf, postWebhook, signatureFor, signed } from './webhook-items.ts'

const account = credentials.ADYEN_MERCHANT_ACCOUNT
const accepted = { status: 202, body: '[accepted]' }
const pspOf = ({ id }: Payment): string => `PSP${id}`

const test = base
  .extend(
    'deliver',
    ({ shop }) =>
      (...items: readonly Members[]) =>
        postWebhook(shop.server, items),
  )
  /** An attempt that waits for its shopper. */
  .extend(
    'open',
    ({ shopper }) =>
      async (): Promise<Payment> =>
        (await shopper.startBuying(8000)).payment,
  )
  /** A payment of ¥80.00 that Adyen reported as paid. */
  .extend('paid', ({ open, deliver }) => async (): Promise<Payment> => {
    const payment = await open()
    await deliver(signed(authorisationOf(payment, { pspReference: pspOf(payment) })))
    return payment
  })
  /** The refunds of a payment, oldest first: `4000 refunded`. */
  .extend('refundsOf', ({ operator }) => async ({ id }: Payment): Promise<readonly string[]> => {
    const { refunds } = await operator.getPaymentRecord(id)
    return refunds.map(({ amount, status }) => `${amount.value} ${status}`)
  })

/** What Adyen reports of something done to a payment in the Customer Area. */
function modificationOf(payment: Payment, eventCode: string, changes: Members = {}): Members {
  return authorisationOf(payment, {
    eventCode,
    pspReference: `DONE${payment.id}`,
    originalReference: pspOf(payment),
    ...changes,
  })
}

test("another system's signature pays nothing here, however its fields are shifted", async ({
  shop,
  shopper,
  open,
  deliver,
}) => {
  const payment = await open()
  // What the other system's shopper paid, under a reference that holds colons.
  const pspReference = 'QFQTPCQ8HXSKGK83'
  const theirs = authorisationOf(payment, {
    pspReference,
    merchantReference: `shop:${account}:${payment.id}`,
  })
  const hmacSignature = signatureFor(theirs)
  const shifted = {
    ...theirs,
    pspReference: `${pspReference}::${account}`,
    originalReference: 'shop',
    merchantReference: payment.id,
    additionalData: { hmacSignature },
  }
  expect(signatureFor(shifted)).toBe(hmacSignature)
  expect(await deliver(shifted)).toMatchObject({ status: 401, body: { code: 'webhook_unauthenticated' } })
  expect(await shopper.getPayment(payment.id)).toMatchObject({ status: 'awaiting_shopper' })
  expect(await shop.database.inboxItems({ merchantReference: payment.id })).toEqual([])
  // A colon in the reference of another system is none of our business.
  expect(await deliver({ ...theirs, additionalData: { hmacSignature } })).toEqual(accepted)
  expect(
    await shop.database.inboxItems({ merchantReference: `shop:${account}:${payment.id}` }),
  ).toMatchObject([{ state: 'foreign' }])
})

test.for<{ name: string; changes: Members }>([
  { name: 'an object', changes: { originalReference: { of: 'another payment' } } },
  { name: 'a list', changes: { originalReference: ['ANOTHER'] } },
  { name: 'true', changes: { originalReference: true } },
])(
  'a value that the signature leaves out, $name, makes an item unauthentic',
  async ({ changes }, { shopper, open, deliver }) => {
    const payment = await open()
    const item = { ...signed(authorisationOf(payment)), ...changes }
    expect(await deliver(item)).toMatchObject({ status: 401 })
    expect(await shopper.getPayment(payment.id)).toMatchObject({ status: 'awaiting_shopper' })
  },
)

test.for<{ name: string; changes: Members }>([
  { name: 'a currency that is none', changes: { amount: { currency: 'cny', value: 8000 } } },
  { name: 'half a fen', changes: { amount: { currency: 'CNY', value: 8000.5 } } },
  { name: 'a number in quotes', changes: { amount: { currency: 'CNY', value: '8000' } } },
  { name: 'an event in lower case', changes: { eventCode: 'authorisation' } },
  { name: 'a success that is neither true nor false', changes: { success: 'maybe' } },
  { name: 'no pspReference', changes: { pspReference: '' } },
])(
  'an item with $name changes nothing, and the alarm names its event and its reference',
  async ({ changes }, { shop, shopper, open, deliver }) => {
    const payment = await open()
    const item = signed(authorisationOf(payment, { pspReference: pspOf(payment), ...changes }))
    expect(await deliver(item)).toEqual(accepted)
    expect(await shopper.getPayment(payment.id)).toMatchObject({ status: 'awaiting_shopper' })
    const row = await shop.database.row(
      'select id::int, event_code, psp_reference, merchant_account, state from webhook_items where merchant_reference = $1',
      [payment.id],
    )
    expect(row).toMatchObject({
      event_code: item['eventCode'],
      psp_reference: item['pspReference'],
      merchant_account: account,
      state: 'attention',
    })
    await waitForLog(shop.server, {
      level: 50,
      msg: 'webhook needs attention',
      webhookId: row['id'],
      eventCode: item['eventCode'],
      pspReference: item['pspReference'],
    })
  },
)

test('whatever is in the fields that Adyen does not sign, the money arrives', async ({
  shopper,
  open,
  deliver,
}) => {
  const odd: readonly Members[] = [
    { eventDate: null, reason: null, paymentMethod: null, originalReference: null },
    { eventDate: '', reason: '', paymentMethod: '', originalReference: '' },
    { eventDate: 7, reason: ['no'], paymentMethod: {}, operations: 'all', live: true },
    { eventDate: 'yesterday', reason: { code: 1 } },
  ]
  for (const changes of odd) {
    const payment = await open()
    expect(await deliver(signed(authorisationOf(payment, changes)))).toEqual(accepted)
    expect(await shopper.getPayment(payment.id)).toMatchObject({ status: 'authorised' })
  }
})

test('a copy whose unsigned fields were changed is the same item: it is counted and applied once', async ({
  shop,
  operator,
  paid,
  deliver,
}) => {
  const payment = await paid()
  const item = signed(authorisationOf(payment, { pspReference: pspOf(payment) }))
  const eventsBefore = (await operator.getPaymentRecord(payment.id)).events.length
  await deliver({ ...item, eventDate: '2026-11-24T12:00:00+01:00', reason: 'changed' })
  await deliver({ ...item, operations: ['REFUND'] })
  expect(await shop.database.inboxItems({ merchantReference: payment.id })).toMatchObject([
    { state: 'applied', deliveries: 3 },
  ])
  expect((await operator.getPaymentRecord(payment.id)).events).toHaveLength(eventsBefore)
})

test('no date turns a refund that was made into one that failed', async ({
  shop,
  operator,
  paid,
  deliver,
  refundsOf,
}) => {
  const payment = await paid()
  const refund = modificationOf(payment, 'REFUND', { amount: fen(4000) })
  const refused = signed({ ...refund, success: 'false', eventDate: '2026-01-01T10:00:00+01:00' })
  const made = signed({ ...refund, eventDate: '2026-01-01T10:05:00+01:00' })
  await deliver(refused)
  await deliver(made)
  await deliver({ ...refused, eventDate: '2026-01-01T10:10:00+01:00' })
  expect(await refundsOf(payment)).toEqual(['4000 refunded'])
  expect(await refusalOf(operator.refund(payment, 4001))).toMatchObject({ code: 'refund_exceeds_payment' })

  const second = await paid()
  const other = modificationOf(second, 'REFUND', { amount: fen(4000) })
  await deliver(signed({ ...other, eventDate: '2026-01-01T10:05:00+01:00' }))
  await deliver(signed({ ...other, success: 'false', eventDate: '2099-01-01T00:00:00+01:00' }))
  expect(await refundsOf(second)).toEqual(['4000 refunded'])
  const items = await operator.listAttention()
  expect(items.filter(({ paymentId }) => paymentId === second.id)).toMatchObject([
    { kind: 'webhook', reason: expect.stringContaining('that it was refused') },
  ])
  expect(await shop.database.count('webhook_items', 'event_date > now()')).toBe(0)
})

test.for(['refund', 'cancel', undefined])(
  'a CANCEL_OR_REFUND of an unpaid attempt gives nothing back, and late money goes back: action %s',
  async (action, { shopper, operator, adyen, open, deliver, refundsOf }) => {
    const payment = await open()
    const { orderId } = payment
    await shopper.cancelOrder(orderId)
    const additionalData = action === undefined ? {} : { 'modification.action': action }
    await deliver(signed(modificationOf(payment, 'CANCEL_OR_REFUND', { additionalData })))
    expect(await refundsOf(payment)).toEqual([])
    expect(await shopper.getPayment(payment.id)).toMatchObject({ status: 'expired' })
    // The simulator took no money, and would refuse to refund it.
    await adyen.withFault({ name: 'lost_request', call: 'refunds' }, async () => {
      await deliver(signed(authorisationOf(payment, { pspReference: pspOf(payment) })))
      const { surplus, refunds } = await operator.getPaymentRecord(payment.id)
      expect(surplus).toBe(true)
      // The reversal left nothing: what it could have returned goes back as surplus.
      const returned = refunds.map(({ reason, amount }) => `${reason} ${amount.value}`)
      expect(returned.toSorted()).toEqual(['customer_area 0', 'surplus 8000'])
      expect(await shopper.getOrder(orderId)).toMatchObject({
        status: 'cancelled',
        refunds: [{ amount: payment.amount }],
      })
    })
  },
)

test.for(['refund', 'cancel', undefined])(
  'a CANCEL_OR_REFUND of a paid payment refunds it, in whatever order the two come: action %s',
  async (action, { shop, operator, open, deliver, refundsOf }) => {
    for (const order of ['money first', 'money last']) {
      const payment = await open()
      const additionalData = action === undefined ? {} : { 'modification.action': action }
      const reversal = signed(modificationOf(payment, 'CANCEL_OR_REFUND', { additionalData }))
      const money = signed(authorisationOf(payment, { pspReference: pspOf(payment) }))
      for (const item of order === 'money first' ? [money, reversal] : [reversal, money]) await deliver(item)
      expect(await refundsOf(payment)).toEqual(['8000 refunded'])
      expect(await operator.getPaymentRecord(payment.id)).toMatchObject({
        status: 'authorised',
        reversals: [],
      })
      const items = await operator.listAttention()
      expect(items.filter(({ paymentId }) => paymentId === payment.id)).toEqual([])
      const events = async () => (await operator.getPaymentRecord(payment.id)).events.length
      const before = await events()
      await operator.replay('--all')
      expect(await events()).toBe(before)
      if (order === 'money first') continue
      const reason = 'CANCEL_OR_REFUND came before the money: see in the Customer Area whether it went back'
      const msg = 'money of a payment was taken back'
      await waitForLog(shop.server, { level: 50, msg, paymentId: payment.id, reason })
    }
    expect(await brokenInvariants(shop)).toEqual([])
    expect(await operator.reconcile()).toMatchObject({ code: 0 })
  },
)

test('a refund of a payment that took no money is a contradiction until the money is reported', async ({
  shop,
  shopper,
  operator,
  open,
  deliver,
  refundsOf,
}) => {
  const payment = await open()
  await deliver(signed(modificationOf(payment, 'REFUND', { originalReference: null, amount: fen(3000) })))
  expect(await refundsOf(payment)).toEqual([])
  expect((await shopper.getOrder(payment.orderId)).refunds).toEqual([])
  const attention = async () => {
    const items = await operator.listAttention()
    return items.filter(({ paymentId }) => paymentId === payment.id)
  }
  expect(await attention()).toMatchObject([
    { kind: 'webhook', reason: expect.stringContaining('has taken no money') },
  ])
  await deliver(signed(authorisationOf(payment, { pspReference: pspOf(payment) })))
  expect(await refundsOf(payment)).toEqual(['3000 refunded'])
  expect(await attention()).toEqual([])
  expect(await shop.database.inboxItems({ pspReference: `DONE${payment.id}` })).toMatchObject([
    { state: 'applied' },
  ])
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
})

test('a failed refund of more than was paid, or of what was not paid, moves nothing and is no alarm', async ({
  shop,
  operator,
  open,
  paid,
  deliver,
  refundsOf,
}) => {
  const [payment, unpaid] = [await paid(), await open()]
  const failed = { success: 'false', reason: 'Amount exceeds the payment' }
  await deliver(
    signed(modificationOf(payment, 'REFUND', { ...failed, amount: fen(8001) })),
    signed(modificationOf(unpaid, 'REFUND', { ...failed, originalReference: null })),
  )
  expect([await refundsOf(payment), await refundsOf(unpaid)]).toEqual([[], []])
  for (const { id } of [payment, unpaid])
    expect(await shop.database.inboxItems({ pspReference: `DONE${id}` })).toMatchObject([{ state: 'stored' }])
  const items = await operator.listAttention()
  expect(items.filter(({ paymentId }) => paymentId === payment.id || paymentId === unpaid.id)).toEqual([])
  const last = await paid()
  await deliver(signed(modificationOf(last, 'CHARGEBACK')))
  // The log is in order: what was logged before it is there.
  await waitForLog(shop.server, { msg: 'money of a payment was taken back', paymentId: last.id })
  const alarms = logLines(shop.server).filter(({ msg }) => msg === 'a refund failed')
  expect(alarms.filter((line) => JSON.stringify(line).includes(payment.id))).toEqual([])
})

test.for<{ name: string; without: (item: Members) => Members }>([
  { name: 'null', without: (item) => ({ ...item, merchantReference: null }) },
  { name: 'empty', without: (item) => ({ ...item, merchantReference: '' }) },
  {
    name: 'absent',
    without: (item) =>
      Object.fromEntries(Object.entries(item).filter(([name]) => name !== 'merchantReference')),
  },
])(
  "what Adyen's reference of the payment names is understood without ours: $name",
  async ({ without }, { operator, shopper, open, paid, deliver }) => {
    const payment = await paid()
    expect(await deliver(signed(without(modificationOf(payment, 'CHARGEBACK'))))).toEqual(accepted)
    expect(await operator.getPaymentRecord(payment.id)).toMatchObject({ reversals: ['CHARGEBACK'] })
    const goods = { logisticsType: 'self_pickup', items: 'One thing' } as const
    expect(await refusalOf(operator.ship(payment.orderId, goods))).toMatchObject({
      code: 'order_not_shippable',
    })
    // So is the payment's own report.
    const attempt = await open()
    const failed = authorisationOf(attempt, { pspReference: pspOf(attempt), success: 'false' })
    await deliver(signed(failed), signed(without({ ...failed, success: 'true' })))
    expect(await shopper.getPayment(attempt.id)).toMatchObject({ status: 'authorised' })
  },
)

test("an empty reference is nobody's: it matches no other system's refund", async ({
  shop,
  open,
  deliver,
  refundsOf,
}) => {
  const payment = await open()
  await deliver(signed(authorisationOf(payment, { pspReference: '' })))
  const foreign = authorisationOf(payment, {
    eventCode: 'REFUND',
    pspReference: `THEIRS${payment.id}`,
    merchantReference: 'shopware-1',
    originalReference: '',
  })
  await deliver(signed(foreign))
  expect(await shop.database.inboxItems({ pspReference: `THEIRS${payment.id}` })).toMatchObject([
    { state: 'foreign' },
  ])
  expect(await refundsOf(payment)).toEqual([])
})

test('a long text is cut, and an openid in it is hidden', async ({ shop, operator, paid, deliver }) => {
  const payment = await paid()
  const openid = 'o6_bmjrPTlm6_2sgVt7hMZOPfL2M'
  const reason = `payer ${openid.slice(0, 9)}\u0000${openid.slice(9)} \ud800${'长'.repeat(60_000)}`
  await deliver(signed(modificationOf(payment, 'CHARGEBACK', { reason })))
  const { events } = await operator.getPaymentRecord(payment.id)
  const [reversal] = events.filter(({ type }) => type === 'reversal')
  expect(String(reversal?.detail['reason'])).toMatch(/^payer \[openid\] 长+…$/)
  expect(String(reversal?.detail['reason']).length).toBeLessThanOrEqual(500)
  const line = await waitForLog(shop.server, {
    msg: 'money of a payment was taken back',
    paymentId: payment.id,
    eventCode: 'CHARGEBACK',
  })
  expect(JSON.stringify(line).length).toBeLessThan(2_000)
  expect(shop.server.lines.join('\n')).not.toContain(openid)
})

test.for([true, 'true', false, 'false'] as const)(
  'the environment may be a boolean: live %j',
  async (live, { shop, shopper, open }) => {
    const payment = await open()
    const stringify = (body: object): string => JSON.stringify({ ...body, live })
    const answer = await postWebhook(shop.server, [signed(authorisationOf(payment))], { stringify })
    const isLive = String(live) === 'true'
    if (isLive) expect(answer).toMatchObject({ body: { code: 'webhook_environment_mismatch' } })
    else expect(answer).toEqual(accepted)
    expect(await shopper.getPayment(payment.id)).toMatchObject({
      status: isLive ? 'awaiting_shopper' : 'authorised',
    })
  },
)
