import { readFile } from 'node:fs/promises'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { serverEnvironment } from '@tael/stack'
import { expect } from 'vitest'
import { createDb, createPool } from '../src/db/database.ts'
import { type AssumptionId, assumptions } from '../src/go-live/assumptions.ts'
import { findSteps, type Step } from '../src/go-live/steps.ts'
import { HOUR } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { runCommand } from './run-command.ts'

const FIELD = 'weChatNumber'

const Printed = Type.Object({
  steps: Type.Array(Type.Object({ step: Type.String(), state: Type.String(), found: Type.String() })),
  assumptions: Type.Array(
    Type.Object({
      assumption: Type.String(),
      state: Type.String(),
      found: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
})

const test = base
  .extend('simulatorSettings', { scope: 'file' }, { SIMULATOR_TRANSACTION_ID_FIELD: FIELD })
  .extend('goLive', { scope: 'file' }, ({ shop }) => {
    const environment = serverEnvironment(shop.simulator.url, { DATABASE_URL: shop.database.url })
    return async () => {
      const { code, out } = await runCommand(['go-live', '--json'], environment)
      const printed = Parse(Printed, JSON.parse(out))
      return {
        ...printed,
        code,
        known: Object.fromEntries(printed.assumptions.map(({ assumption, found }) => [assumption, found])),
        text: (await runCommand(['go-live'], environment)).out,
      }
    }
  })

/** The state of the step that begins so. */
const stateOf = (
  steps: readonly Pick<Step, 'step' | 'state'>[] | readonly { step: string; state: string }[],
  words: string,
) => steps.find(({ step }) => step.includes(words))?.state

test('before the first payment every assumption is open', async ({ goLive }) => {
  const { code, steps, assumptions: compared, text } = await goLive()
  // Steps are open.
  expect(code).toBe(1)
  expect(compared.map(({ assumption }) => assumption)).toEqual(Object.keys(assumptions))
  expect(compared.filter(({ state }) => state !== 'open')).toEqual([])
  expect(stateOf(steps, 'live mode')).toBe('open')
  expect(stateOf(steps, 'cancel it at the password')).toBe('open')
  expect(stateOf(steps, "give Adyen's support the AppID")).toBe('done')
  expect(stateOf(steps, 'Customer Area (docs')).toBe('by hand')
  expect(text).toMatch(
    /^open +run the server in live mode[^]*What payments have shown[^]*^open +answer_shape: /m,
  )
})

test('each payment says what it shows, and the rest stays open', async ({
  shopper,
  adyen,
  goLive,
  operator,
}) => {
  // Only the webhook tells of this one.
  const alone = await shopper.startBuying(4500)
  await shopper.payAtCashier(alone)
  await adyen.waitForDeliveries()
  const first = await goLive()
  expect(first.known).toMatchObject({
    answer_shape: 'action.sdkData with the names of wx.requestPayment, signType RSA',
    first_result: expect.stringMatching(/^\w+, with(out)? pspReference, with paymentData$/),
    webhook_alone: expect.stringMatching(/^yes, \d+ s after/),
    wechat_number: `yes: ${FIELD}`,
    smallest_amount: '¥45.00',
    cancel_answer: null,
    failure_answer: null,
    offer_closed: null,
    cancel_closes: null,
    refund_age: null,
  } satisfies Record<AssumptionId, unknown>)
  expect(first.text).toMatch(/^known +smallest_amount: .*\n +¥45\.00$/m)

  const cancelled = await shopper.startBuying(4600)
  await shopper.submitDetails(cancelled, await shopper.cancelAtCashier(cancelled))
  const failing = await shopper.startBuying(4734)
  await shopper.submitDetails(failing, await shopper.payAtCashier(failing))
  await operator.refund(alone.payment)
  await adyen.waitForDeliveries()
  const closed = await shopper.startBuying(4800)
  await shopper.cancelOrder(closed.payment.orderId)
  await expect
    .poll(async () => {
      await adyen.waitForDeliveries()
      return (await goLive()).known
    })
    .toMatchObject({
      cancel_answer: 'Cancelled',
      failure_answer: 'Refused',
      cancel_closes: expect.stringMatching(/^received; TECHNICAL_CANCEL success=true, with/),
      refund_age: '0 h',
    })
})

test('an offer that Adyen closed for an abandoned payment says when', async ({
  shopper,
  adyen,
  clock,
  goLive,
}) => {
  await shopper.startBuying(4900)
  await clock.passSimulatedTime(2 * HOUR)
  await adyen.waitForDeliveries()
  expect((await goLive()).known).toMatchObject({
    offer_closed: expect.stringMatching(/min after the attempt/),
  })
})

test('a live server has done what was paid, cancelled and refunded', async ({ shop }) => {
  const db = createDb(createPool(shop.database.url, () => undefined))
  const reached = { check: 'adyen.reached', state: 'pass', found: '' } as const
  const steps = await findSteps(true, [reached], db)
  await db.destroy()
  expect(
    ['live mode', 'cancel it at the password', 'the cheapest thing', 'refund that payment'].map((words) =>
      stateOf(steps, words),
    ),
  ).toEqual(['done', 'done', 'done', 'done'])
  expect(steps.at(-1)).toMatchObject({
    state: 'by hand',
    found: expect.stringMatching(/look for [A-Z0-9]{16}; webhooks so far: AUTHORISATION/),
  })
})

test('docs/going-live.md lists every assumption', async () => {
  const page = await readFile(new URL('../../../docs/going-live.md', import.meta.url), 'utf8')
  const table = page.slice(page.indexOf('| assumption |'))
  const rows = [...table.matchAll(/^\| `([a-z_]+)` \| (.+) \|$/gm)].map(([, id, about]) => [id, about])
  expect(rows).toEqual(Object.entries(assumptions))
})
