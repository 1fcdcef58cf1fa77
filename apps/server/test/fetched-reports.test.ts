import { expect } from 'vitest'
import { test as base } from './fixtures.ts'
import { postWebhook, signed } from './webhook-items.ts'

/** How long 50 MB may take on a busy machine. */
const HUGE_MS_MAX = 120_000

const fileOf = (batch: string): string => `settlement_detail_report_batch_${batch}.csv`

const test = base
  /** The kept results of a batch. */
  .extend(
    'resultsOf',
    ({ operator }) =>
      async (batch: string) =>
        (await operator.listSettlements({ limit: 100 })).settlements.filter(
          ({ report }) => report.name === fileOf(batch),
        ),
  )
  /** The inbox's item that announced the report of a batch. */
  .extend('announced', ({ operator }) => async (batch: string) => {
    const { webhooks } = await operator.listWebhooks({ limit: 100 })
    const item = webhooks.find(({ pspReference }) => pspReference === fileOf(batch))
    if (item === undefined) throw new Error(`Nothing announced the batch ${batch}.`)
    return item
  })

test('a report that Adyen announces is downloaded, compared and kept', async ({
  shopper,
  adyen,
  resultsOf,
  announced,
}) => {
  await shopper.buy(4000)
  await adyen.announceReport('11')
  await expect
    .poll(() => resultsOf('11'))
    .toMatchObject([
      { comparedBy: 'adyen', report: { batch: '11' }, merchantAccount: 'TaelDemoECOM', differences: 0 },
    ])
  await expect.poll(() => announced('11')).toMatchObject({ state: 'stored', attention: null })
})

test('a difference in it needs attention', async ({ shop, shopper, operator, adyen, resultsOf }) => {
  const { id } = await shopper.buy(4000)
  await adyen.waitForDeliveries()
  await shop.database.rows("update payments set psp_reference = 'ANOTHER' where id = $1", [id])
  await adyen.announceReport('12')
  await expect.poll(async () => (await resultsOf('12')).length).toBe(1)
  const [result] = await resultsOf('12')
  const { differences } = await operator.getSettlement(result?.id ?? '')
  expect(differences.map(({ kind, paymentId }) => [kind, paymentId])).toContainEqual(['psp_reference', id])
  expect(await operator.listAttention(result?.id)).toMatchObject([{ kind: 'settlement_difference' }])
})

test.for([
  { fault: 'report_refused', batch: '21', reason: 'Adyen answered HTTP 401' },
  { fault: 'report_missing', batch: '22', reason: 'Adyen answered HTTP 404' },
  { fault: 'report_redirected', batch: '23', reason: 'Adyen answered HTTP 302' },
  { fault: 'report_cut_off', batch: '24', reason: 'the download ended early: ' },
])(
  'a download with $fault needs attention until it succeeds',
  async ({ fault, batch, reason }, { operator, adyen, resultsOf, announced }) => {
    await adyen.withFault({ name: fault }, async () => {
      await adyen.announceReport(batch)
      await expect
        .poll(() => announced(batch))
        .toMatchObject({
          state: 'attention',
          attention: expect.stringContaining(`the report ${fileOf(batch)} was not fetched: ${reason}`),
        })
      expect(await resultsOf(batch)).toEqual([])
      const { id } = await announced(batch)
      expect(await operator.listAttention(String(id))).toMatchObject([{ kind: 'webhook' }])
    })
    await expect.poll(async () => (await resultsOf(batch)).length).toBe(1)
    await expect.poll(() => announced(batch)).toMatchObject({ state: 'stored', attention: null })
  },
)

test('a report that is too large is not read to its end, and an operator may have it fetched again', async ({
  operator,
  adyen,
  resultsOf,
  announced,
}) => {
  await adyen.withFault({ name: 'report_huge' }, async () => {
    await adyen.announceReport('25')
    await expect
      .poll(() => announced('25'), { timeout: HUGE_MS_MAX })
      .toMatchObject({
        state: 'attention',
        attention: expect.stringContaining('is larger than 50000000 bytes'),
      })
  })
  const { id } = await announced('25')
  await operator.replayWebhook(id)
  await expect.poll(async () => (await resultsOf('25')).length).toBe(1)
})

test('the key is sent nowhere but to the configured host', async ({ shop, announced }) => {
  const item = {
    pspReference: fileOf('31'),
    originalReference: '',
    merchantAccountCode: 'TaelDemoECOM',
    merchantReference: '',
    amount: { currency: 'EUR', value: 0 },
    eventCode: 'REPORT_AVAILABLE',
    eventDate: '2026-11-23T12:00:00+01:00',
    paymentMethod: '',
    success: 'true',
  }
  const reason = `https://ca-test.adyen.com/reports/download/MerchantAccount/TaelDemoECOM/${fileOf('31')}`
  expect(await postWebhook(shop.server, [signed({ ...item, reason })])).toMatchObject({ status: 202 })
  expect(await announced('31')).toMatchObject({
    state: 'attention',
    attention: expect.stringContaining('download it by hand'),
  })
})
