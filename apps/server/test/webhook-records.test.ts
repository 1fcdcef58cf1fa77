import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'
import { authorisationOf, postWebhook, signed } from './webhook-items.ts'

test('the inbox is listed newest first, and an item is shown without what may name the shopper', async ({
  shop,
  shopper,
  operator,
}) => {
  const { payment } = await shopper.startBuying(4000)
  await postWebhook(shop.server, [signed({ ...authorisationOf(payment), eventCode: 'REPORT_OF_NO_KIND' })])
  await postWebhook(shop.server, [signed(authorisationOf(payment))])
  const [newest, older] = (await operator.listWebhooks({ limit: 2 })).webhooks
  expect([newest, older]).toMatchObject([
    { eventCode: 'AUTHORISATION', state: 'applied', merchantReference: payment.id, deliveries: 1 },
    { eventCode: 'REPORT_OF_NO_KIND', state: 'stored' },
  ])
  const { webhooks, next } = await operator.listWebhooks({ limit: 1 })
  expect(webhooks).toEqual([newest])
  expect((await operator.listWebhooks({ before: next ?? 0, limit: 1 })).webhooks).toEqual([older])
  expect((await operator.listWebhooks({ state: 'stored', limit: 1 })).webhooks).toEqual([older])

  const { item, ...record } = await operator.getWebhook(newest?.id ?? 0)
  expect(record).toEqual(newest)
  expect(item).toMatchObject({ eventCode: 'AUTHORISATION', merchantReference: payment.id, success: 'true' })
  expect(item).not.toHaveProperty('additionalData')
  expect(await refusalOf(operator.getWebhook(999_999))).toMatchObject({ code: 'webhook_not_found' })
})

test('an item is applied again, and one that cannot be says why', async ({ shop, shopper, operator }) => {
  const { payment } = await shopper.startBuying(4000)
  const about = {
    eventCode: 'REFUND',
    pspReference: 'REFUND0000000001',
    originalReference: 'QFQTPCQ8HXSKGK82',
  }
  await postWebhook(shop.server, [signed(authorisationOf(payment, about))])
  const [waiting] = (await operator.listWebhooks({ state: 'attention', limit: 1 })).webhooks
  expect(waiting).toMatchObject({ eventCode: 'REFUND', merchantReference: payment.id })
  const id = waiting?.id ?? 0
  expect(await refusalOf(operator.replayWebhook(id))).toMatchObject({
    code: 'webhook_not_applicable',
    detail: 'Nothing was changed: it is about a refund of a payment that has taken no money.',
  })

  await postWebhook(shop.server, [signed(authorisationOf(payment))])
  await expect.poll(async () => (await operator.getWebhook(id)).state).toBe('applied')
  const before = await operator.getPaymentRecord(payment.id)
  expect(await operator.replayWebhook(id)).toMatchObject({ id, state: 'applied', attention: null })
  expect((await operator.getPaymentRecord(payment.id)).events).toEqual(before.events)
  const actions = await shop.database.rows(
    "select actor from operator_actions where action = 'webhook.replay' and subject = $1",
    [String(id)],
  )
  expect(actions.length).toBe(2)
})

test.for([
  { which: [], code: 64, err: 'Name the items: --id, --from and --to, or --all.' },
  { which: ['--all', '--id', '1'], code: 64, err: 'Name the items: --id, --from and --to, or --all.' },
  { which: ['--id', '1x'], code: 64, err: '--id must be a number: 1x.' },
  { which: ['--id', 'x1'], code: 64, err: '--id must be a number: x1.' },
  { which: ['--id', '1'.repeat(16)], code: 64, err: `--id must be a number: ${'1'.repeat(16)}.` },
  { which: ['--from', 'monday'], code: 64, err: '--from must be a time' },
  { which: ['--to', 'monday'], code: 64, err: '--to must be a time' },
  { which: ['--id', '999999'], code: 65, err: 'The webhook item 999999 does not exist.' },
])('replay refuses $which', async ({ which, code, err }, { operator }) => {
  expect(await operator.replay(...which)).toMatchObject({ code, err: expect.stringContaining(err), out: '' })
})

const at = (day: number): string => `2026-02-0${day}T00:00:00Z`

test('replay applies the items of a period, and names those that still cannot be', async ({
  shop,
  shopper,
  operator,
}) => {
  const { payment } = await shopper.startBuying(4000)
  const post = (pspReference: string, day: number, changes = {}) =>
    postWebhook(shop.server, [
      signed(authorisationOf(payment, { pspReference, eventDate: at(day), ...changes })),
    ])
  await post('FIRST-DAY', 1, { eventCode: 'REPORT_OF_NO_KIND' })
  await post('SECOND-DAY', 2, { eventCode: 'REFUND', originalReference: 'FIRST-DAY' })
  await post('THIRD-DAY', 3, { eventCode: 'REPORT_OF_NO_KIND' })
  const [refund] = await shop.database.inboxItems({ pspReference: 'SECOND-DAY' })
  expect(await operator.replay('--from', at(1), '--to', at(2))).toMatchObject({ code: 0, out: '1 stored\n' })
  expect(await operator.replay('--from', at(2), '--to', at(4))).toMatchObject({
    code: 1,
    out: `${refund?.id}: not applied: it is about a refund of a payment that has taken no money\n1 attention, 1 stored\n`,
  })
  expect(await operator.replay('--to', at(2))).toMatchObject({ code: 0, out: '1 stored\n' })
  expect(await operator.replay('--to', at(1))).toMatchObject({ code: 0, out: 'no items\n' })
  expect(
    await shop.database.row(
      "select detail from operator_actions where action = 'webhooks.replay' order by id desc limit 1",
    ),
  ).toEqual({ detail: { to: at(1) } })
})

/** More than replay reads at once. */
const MANY = 501

test('replay applies every item once, by date and then by number, those without a date last', async ({
  shop,
  operator,
}) => {
  const insert = (date: string | null) =>
    shop.database.rows(
      `insert into webhook_items (content_hash, event_code, event_date, psp_reference, original_reference,
         merchant_account, merchant_reference, item, state, attention)
       select sha256(gen_random_uuid()::text::bytea), '', $1::timestamptz, '', '', '', '', '{}', 'attention', 'unread'
       from generate_series(1, $2::int) returning id::int`,
      [date, MANY],
    )
  const undated = await insert(null)
  const dated = await insert('2020-01-01T00:00:00Z')
  const { code, out } = await operator.replay('--all')
  expect(code).toBe(1)
  const lines = out.split(/(?<=\n)/).filter((one) => one.includes('not in the form'))
  expect(lines).toEqual(
    [...dated, ...undated].map(
      ({ id }) => `${String(id)}: it is not in the form of a standard webhook: /pspReference\n`,
    ),
  )
})
