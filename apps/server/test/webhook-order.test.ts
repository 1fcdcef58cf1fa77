import * as fc from 'fast-check'
import { expect } from 'vitest'
import type { WebhookItem } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { SEED } from './seed.ts'

/** How many sequences of webhooks are played, each twice. */
const RUNS = Number(process.env['STORIES'] ?? 10)
const PRICE = 8300
const PART = 4000

const success = fc.constantFrom('true' as const, 'false' as const)

/**
 * What webhooks can report of a paid, refused or abandoned payment, of refunds A and B of a part,
 * and of reversals R and S.
 */
const report = fc.oneof(
  fc.record({ eventCode: fc.constant('AUTHORISATION'), success }),
  fc.record({
    eventCode: fc.constantFrom('CANCELLATION', 'TECHNICAL_CANCEL', 'CANCEL_OR_REFUND'),
    success,
  }),
  fc.record({
    eventCode: fc.constantFrom('CHARGEBACK', 'CAPTURE_FAILED', 'EXPIRE', 'OFFER_CLOSED', 'MOON_LANDING'),
    success: fc.constant('true' as const),
  }),
  fc.record({
    eventCode: fc.constantFrom('REFUND', 'REFUND_FAILED', 'REFUNDED_REVERSED'),
    success,
    of: fc.constantFrom('A', 'B'),
  }),
  // Made in the Customer Area: each refunds what the refunds leave.
  fc.record({
    eventCode: fc.constantFrom('CANCEL_OR_REFUND', 'CANCEL_OR_REFUND', 'REFUND_FAILED', 'REFUNDED_REVERSED'),
    success,
    of: fc.constantFrom('R', 'S'),
    additionalData: fc.constant({ 'modification.action': 'refund' }),
  }),
)

interface Report {
  readonly eventCode: string
  readonly success: 'true' | 'false'
  readonly of?: string
  readonly additionalData?: { readonly [name: string]: string }
}

interface Sent {
  readonly report: Report
  readonly minute: number
}

/** A sequence of webhooks, and the same ones twice in another order. */
const sequence = fc
  .array(fc.record({ report, minute: fc.integer({ min: 10, max: 59 }) }), { minLength: 1, maxLength: 6 })
  .chain((once) =>
    fc.record({
      once: fc.constant(once),
      twice: fc.shuffledSubarray([...once, ...once], {
        minLength: once.length * 2,
        maxLength: once.length * 2,
      }),
    }),
  )

function itemOf({ report, minute }: Sent, payment: { id: string }): WebhookItem {
  const psp = `PSP-${payment.id}`
  const { of, ...rest } = report
  const isPart = of === 'A' || of === 'B'
  const isOfPayment = rest.eventCode === 'AUTHORISATION' || rest.eventCode === 'OFFER_CLOSED'
  const references = isOfPayment
    ? { pspReference: psp }
    : { pspReference: `${psp}-${of ?? 'M'}`, originalReference: psp }
  return {
    ...rest,
    ...references,
    about: { id: payment.id, amount: { currency: 'CNY', value: isPart ? PART : PRICE } },
    eventDate: `2026-01-01T00:${minute}:00+00:00`,
  }
}

/** How a payment ends, with its order and its refunds, also those that are not shown. */
const END = `select payments.status, pays_order, surplus, reversals, orders.status as order,
    (select json_agg(json_build_array(right(psp_reference, 1), refunds.status, refunds.value)
       order by psp_reference) from refunds where payment_id = payments.id) as refunds
  from payments join orders on orders.id = order_id where payments.id = $1`

const test = base.extend('endAfter', ({ shop, shopper, adyen }) => async (sent: readonly Sent[]) => {
  const { payment } = await shopper.startBuying(PRICE)
  await adyen.deliver(...sent.map((one) => itemOf(one, payment)))
  return shop.database.row(END, [payment.id])
})

test(
  `webhooks lead to the same end in any order and any number (SEED=${SEED})`,
  { timeout: 180_000 + RUNS * 2_000 },
  async ({ operator, endAfter }) => {
    const property = fc.asyncProperty(sequence, async ({ once, twice }) => {
      expect(await endAfter(twice)).toEqual(await endAfter(once))
    })
    await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true })
    expect(await operator.reconcile()).toMatchObject({
      out: expect.not.stringContaining('its webhooks lead to'),
    })
  },
)
