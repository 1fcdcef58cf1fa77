import { Parse } from '@sinclair/typebox/value'
import { Problem, REPORT_BYTES_MAX } from '@tael/contracts'
import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { changeLines, isAbout, type Known, test as base, without } from './settlement-reports.ts'

const test = base
  /** A report of its own batch: what the tests keep does not meet. */
  .extend(
    'inBatch',
    ({ trade }) =>
      (batch: string, csv = trade.report) =>
        changeLines(csv, (line) => ({ ...line, 'Batch Number': batch })),
  )
  /** Uploads bytes as they are. */
  .extend(
    'upload',
    ({ shop, operator }) =>
      async (body: string | Buffer<ArrayBuffer>, type = 'text/csv', query = '?name=report.csv') => {
        const headers = { authorization: `Bearer ${await operator.key()}`, 'content-type': type }
        return fetch(`${shop.server.operatorsUrl}/ops/settlements${query}`, { method: 'POST', headers, body })
      },
  )

/** The code of the problem that a request is answered with. */
const code = async (answer: Promise<Response>) => Parse(Problem, await (await answer).json()).code

const NAME = 'settlement_detail_report_batch_7.csv'

/** A report in which the payment has another amount. */
const tampered = (csv: string, payment: Known): string =>
  changeLines(csv, (line) =>
    isAbout(payment, 'Settled')(line) ? { ...line, 'Gross Credit (GC)': '99.00' } : line,
  )

test('a report that agrees is kept with its totals, and the same file leads to the same result', async ({
  operator,
  inBatch,
}) => {
  const csv = inBatch('1')
  const kept = await operator.keepSettlement(NAME, csv)
  expect(kept).toMatchObject({
    report: { name: NAME, batch: '1', bytes: Buffer.byteLength(csv) },
    merchantAccount: 'TaelDemoECOM',
    comparedBy: expect.stringMatching(/^opk_/),
    differences: 0,
    open: 0,
    previousId: null,
    added: null,
    nextId: null,
    totals: {
      settled: { lines: 4, sums: [{ currency: 'CNY', value: 9500 }] },
      refunded: { lines: 1, sums: [{ currency: 'CNY', value: 5500 }] },
      foreign: { lines: 0, sums: [] },
      overhead: [{ type: 'MerchantPayout', lines: 1, sums: [{ currency: 'CNY', decimal: '-40.00' }] }],
    },
  })
  const again = await Promise.all(Array.from({ length: 4 }, () => operator.keepSettlement('other.csv', csv)))
  expect(again).toEqual(Array.from({ length: 4 }, () => kept))
  expect((await operator.listSettlements()).settlements.filter(({ id }) => id === kept.id)).toHaveLength(1)
})

test('of two uploads of one file at the same time one is kept', async ({ operator, inBatch }) => {
  const csv = inBatch('2')
  const kept = await Promise.all(Array.from({ length: 4 }, () => operator.keepSettlement(NAME, csv)))
  expect(new Set(kept.map(({ id }) => id)).size).toBe(1)
})

test('a difference names the records that it is about, until an operator handles it', async ({
  operator,
  trade,
  inBatch,
}) => {
  const { first, refunded, refund } = trade
  const csv = changeLines(tampered(inBatch('3'), first), (line) =>
    isAbout(refunded, 'Refunded')(line) ? { ...line, 'Gross Debit (GC)': '54.00' } : line,
  )
  const kept = await operator.keepSettlement(NAME, csv)
  expect(kept).toMatchObject({ differences: 2, open: 2 })
  const { orderId } = await operator.getPaymentRecord(first.id)
  const { differences } = await operator.getSettlement(kept.id)
  expect(differences).toMatchObject([
    { kind: 'amount', refundId: refund.id, paymentId: refunded.id, ours: { currency: 'CNY', value: 5500 } },
    {
      number: 2,
      kind: 'amount',
      type: 'Settled',
      orderId,
      paymentId: first.id,
      refundId: null,
      pspReference: first.psp,
      reported: { currency: 'CNY', decimal: '99.00' },
      ours: { currency: 'CNY', value: 1200 },
      added: false,
      handled: null,
      text: expect.stringContaining('In the report with another amount: '),
    },
  ])
  const [item] = await operator.listAttention(kept.id)
  expect(item).toMatchObject({
    kind: 'settlement_difference',
    reason: `Adyen's settlement report and our records differ: 2 open in ${NAME}`,
  })

  const one = await operator.handleDifference(kept.id, 2, 'Adyen corrects it in the next batch.')
  expect(one.handled).toMatchObject({ note: 'Adyen corrects it in the next batch.', by: kept.comparedBy })
  expect(await refusalOf(operator.handleDifference(kept.id, 2, 'Again.'))).toMatchObject({
    code: 'difference_handled',
  })
  expect(await refusalOf(operator.handleDifference(kept.id, 3, 'None.'))).toMatchObject({
    code: 'difference_not_found',
  })
  expect((await operator.getSettlement(kept.id, { show: 'open' })).differences).toMatchObject([{ number: 1 }])
  expect((await operator.listAttention(kept.id))[0]?.reason).toContain('1 open in')
  await operator.handleDifference(kept.id, 1, 'A cent was rounded.')
  expect(await operator.listAttention(kept.id)).toEqual([])
  expect((await operator.getSettlement(kept.id)).settlement).toMatchObject({ differences: 2, open: 0 })
})

test('a later report of a batch says what is new and what is gone, and keeps what was handled', async ({
  operator,
  trade,
  inBatch,
}) => {
  const { first, second, last } = trade
  const earlier = await operator.keepSettlement(NAME, tampered(tampered(inBatch('4'), first), second))
  const [, number] = (await operator.getSettlement(earlier.id)).differences.map((one) => one.number)
  await operator.handleDifference(earlier.id, number ?? 0, 'Known.')
  const later = await operator.keepSettlement(NAME, tampered(tampered(inBatch('4'), second), last))
  expect(later).toMatchObject({ differences: 2, open: 1, previousId: earlier.id, added: 1, gone: 1 })
  const shown = async (show: 'added' | 'gone' | 'open') =>
    (await operator.getSettlement(later.id, { show })).differences.map(({ paymentId }) => paymentId)
  expect(await shown('added')).toEqual([last.id])
  expect(await shown('gone')).toEqual([first.id])
  expect(await shown('open')).toEqual([last.id])
  expect(await operator.listAttention(earlier.id)).toEqual([])
  expect(await operator.listAttention(later.id)).toHaveLength(1)
  expect((await operator.getSettlement(earlier.id)).settlement.nextId).toBe(later.id)
})

test('a kept report is compared again with the records of today, once for each key', async ({
  shop,
  operator,
  trade,
  inBatch,
}) => {
  const kept = await operator.keepSettlement(NAME, inBatch('5'))
  await shop.database.rows("update payments set psp_reference = 'ANOTHER' where id = $1", [trade.first.id])
  const key = crypto.randomUUID()
  try {
    const again = await operator.compareSettlement(kept.id, key)
    // The report has another reference of Adyen's, and ours is missing there.
    expect(again).toMatchObject({
      differences: 2,
      added: 2,
      gone: 0,
      previousId: kept.id,
      report: kept.report,
    })
    expect((await operator.compareSettlement(kept.id, key)).id).toBe(again.id)
  } finally {
    await shop.database.rows('update payments set psp_reference = $2 where id = $1', [
      trade.first.id,
      trade.first.psp,
    ])
  }
  const [one, other] = await Promise.all([
    operator.compareSettlement(kept.id),
    operator.compareSettlement(kept.id),
  ])
  const [older, newer] = one.nextId === null && other.previousId !== one.id ? [other, one] : [one, other]
  expect(newer).toMatchObject({ previousId: older.id, differences: 0, open: 0 })
  expect(await refusalOf(operator.compareSettlement('stl_nothing'))).toMatchObject({
    code: 'settlement_not_found',
  })
})

test('results and differences are read a page at a time', async ({ operator, trade, inBatch }) => {
  const missing = without(without(inBatch('6'), trade.first), trade.second)
  const kept = await operator.keepSettlement(NAME, missing)
  const { differences, next } = await operator.getSettlement(kept.id, { limit: 1 })
  expect(differences).toMatchObject([
    { number: 1, kind: 'missing_there', line: null, reported: null, paymentId: trade.first.id },
  ])
  expect(await operator.getSettlement(kept.id, { limit: 1, after: next ?? 0 })).toMatchObject({
    differences: [{ number: 2, paymentId: trade.second.id }],
    next: null,
  })
  const { settlements, next: before } = await operator.listSettlements({ limit: 1 })
  expect(settlements).toMatchObject([{ id: kept.id }])
  const older = await operator.listSettlements({ before: before ?? '', limit: 100 })
  expect(older.settlements.map(({ id }) => id)).not.toContain(kept.id)
  expect(older.settlements.length).toBeGreaterThan(0)
  expect(await refusalOf(operator.getSettlement('stl_nothing'))).toMatchObject({
    code: 'settlement_not_found',
  })
})

test('an upload that is no report keeps nothing', async ({ operator, upload }) => {
  const before = await operator.listSettlements()
  expect(await code(upload('one,two\n1,2\n'))).toBe('report_unreadable')
  expect(await code(upload(''))).toBe('report_unreadable')
  expect(await code(upload('{}', 'application/json'))).toBe('unsupported_media_type')
  expect(await code(upload('one', 'text/csv', '?name='))).toBe('validation_failed')
  expect(await code(upload('one', 'text/csv', '?name=a&from=2026-13-45'))).toBe('validation_failed')
  expect(await code(upload('one', 'text/csv', '?name=a&from=2026-02-01&to=2026-01-01'))).toBe(
    'validation_failed',
  )
  expect(await operator.listSettlements()).toEqual(before)
})

test('a report of more than 256 KB is read as it arrives, and one that is too large is refused', async ({
  operator,
  trade,
  inBatch,
  upload,
}) => {
  const long = 'x'.repeat(500)
  const theirs = `,TheirShop,,,,,,${long}${','.repeat(22)}\n`
  const large = await operator.keepSettlement(NAME, inBatch('8', trade.report) + theirs.repeat(2_000))
  expect(large.report.bytes).toBeGreaterThan(1_000_000)
  expect(large).toMatchObject({ differences: 0, totals: { otherAccountLines: 2_000 } })

  const huge = await upload(Buffer.alloc(REPORT_BYTES_MAX + 1, 'x'))
  expect(await huge.json()).toMatchObject({ code: 'payload_too_large' })
})

test('the commands keep, list and show the same results, and the audit names who ran them', async ({
  shop,
  operator,
  trade,
  compare,
  inBatch,
}) => {
  const csv = tampered(inBatch('9'), trade.first)
  const kept = await compare(csv, ['--keep'])
  expect(kept).toMatchObject({ code: 1, err: '' })
  const id = /^stl_\w+/.exec(kept.out)?.[0] ?? ''
  expect(kept.out).toContain(
    'report.csv  batch 9  1 differences, 1 open\n  1  In the report with another amount: ',
  )
  expect(await compare(csv, ['--keep'])).toEqual(kept)
  expect((await operator.getSettlement(id)).settlement).toMatchObject({
    comparedBy: expect.stringMatching(/^command:/),
  })
  expect((await operator.run('list-settlements')).out).toContain(`${id}  `)
  expect(await operator.run('show-settlement', id)).toMatchObject({ code: 1, out: kept.out })
  const handled = await operator.run('show-settlement', id, '--handle', '1', '--note', 'Asked Adyen.')
  expect(handled).toMatchObject({
    code: 0,
    out: expect.stringMatching(/1 differences, 0 open[^]+: Asked Adyen\.\n$/),
  })
  expect(await operator.run('show-settlement', id, '--handle', '1', '--note', 'x')).toMatchObject({
    code: 65,
  })
  const again = await operator.run('show-settlement', id, '--compare')
  expect(again).toMatchObject({
    code: 0,
    out: expect.stringContaining('0 new and 0 gone since the result before'),
  })
  expect(await operator.run('show-settlement', 'stl_nothing')).toMatchObject({ code: 65 })
  const actions = await shop.database.rows(
    "select action from operator_actions where subject = $1 and actor like 'command:%' order by id",
    [id],
  )
  expect(actions.map(({ action }) => action)).toEqual([
    'settlement.keep',
    'settlement.read',
    'settlement.handle',
    'settlement.read',
  ])
})
