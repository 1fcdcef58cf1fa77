import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import type { StartedPayment } from '@tael/contracts'
import { SimulatedShop, type SimulatedShopper } from '@tael/stack/simulated-shop'
import { ArchivedPostgres } from './archived-postgres.ts'
import { checkRecords, readLedger } from './judge.ts'
import { printTable } from './print-table.ts'
import { Shop } from './shop.ts'
import { Shoppers } from './shoppers.ts'

/** How long shoppers buy before the time that is restored to, and after it: the minutes that are lost. */
const KEPT_MS = 20_000
const LOST_MS = 60_000
/** How many payments are refunded, and how many are begun, for the restore to fall between their beginning and their end. */
const EACH = 3
const PURCHASE_MS_MAX = 60_000

/** What moved at Adyen, and how much of it is recorded here. */
interface Count {
  readonly paid: number
  readonly recorded: number
  /** Paid at Adyen, and the payment is here, but not as paid. */
  readonly unpaid: readonly string[]
  /** Paid at Adyen, and no such payment is here. */
  readonly unknown: readonly string[]
  readonly refunded: number
  readonly refundsMissing: readonly string[]
}

/** The database is damaged and restored to a time before, with pgBackRest; then what was lost is found again. */
export async function drillRestore(): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-restore-'))
  await chmod(folder, 0o755)
  const postgres = await ArchivedPostgres.start(folder)
  // Dates of Adyen are compared with ours: its time runs no faster here.
  const shop = await Shop.open({ DATABASE_URL: postgres.url }, { SIMULATOR_SPEED: '1' })
  const steps = new Steps(shop)
  const lost = await loseLastMinute(shop, postgres, steps)
  const problems = [
    ...(await findAgain(shop, steps, lost, folder)),
    ...(await checkRecords(shop.pool, shop.commandEnvironment)),
  ]
  await shop.stop()
  await postgres.stop()
  if (problems.length === 0) await rm(folder, { recursive: true, force: true })
  else print(`The logs are in ${folder}.`)
  return problems
}

/** What moved at Adyen and what is recorded here, step by step. */
class Steps {
  readonly #shop: Shop
  readonly #rows: string[][] = []

  constructor(shop: Shop) {
    this.#shop = shop
  }

  async count(step: string): Promise<Count> {
    const count = await countMoney(this.#shop)
    const { paid, recorded, unpaid, unknown, refunded, refundsMissing } = count
    const figures = [
      paid,
      recorded,
      unpaid.length,
      unknown.length,
      refunded,
      refunded - refundsMissing.length,
    ]
    this.#rows.push([step, ...figures.map(String)])
    return count
  }

  print(): void {
    const refunds = ['refunds at Adyen', 'refunds here']
    printTable(['step', 'paid at Adyen', 'paid here', 'here, not paid', 'not here', ...refunds], this.#rows)
  }
}

interface Lost {
  /** From when on nothing is recorded any more, in epoch milliseconds. */
  readonly since: number
  /** How many payments and refunds were lost. */
  readonly count: number
}

/** Shoppers pay, tables are dropped, and the database is restored to a minute before. The servers are stopped. */
async function loseLastMinute(shop: Shop, postgres: ArchivedPostgres, steps: Steps): Promise<Lost> {
  const shoppers = new Shoppers(shop.servers, shop.simulator)
  shoppers.start()
  await shoppers.waitForPurchase(PURCHASE_MS_MAX)
  await postgres.back()
  print('A full backup is taken. Shoppers buy …')
  await pause(KEPT_MS)
  const refundable = [...shoppers.acknowledged.authorised].slice(0, EACH)
  const [shopper, begun] = await beginPayments(shop)
  const time = await postgres.sql('select clock_timestamp()')
  const since = Date.now()
  print(`It will be restored to ${time}. Shoppers buy on …`)
  for (const payment of refundable)
    await shop.command('refund', payment, '--amount', '39.00 CNY', '--reason', 'returned_goods')
  for (const attempt of begun) await shopper.finish(attempt)
  await pause(LOST_MS)
  await shoppers.leave()
  await shop.waitUntilSettled()
  const before = await steps.count('before the damage')

  await postgres.sql('drop table payment_events, refunds cascade')
  await shop.stopServers()
  const began = performance.now()
  await postgres.restoreTo(time)
  const restoreMs = performance.now() - began
  const restored = await steps.count('restored')
  const count = before.recorded - restored.recorded + restored.refundsMissing.length
  print(
    `The restore took ${(restoreMs / 1000).toFixed(1)} s. ${count} payments and refunds were lost with it.`,
  )
  return { since, count }
}

/** The steps of docs/operating.md after a restore. Resolves with what is neither recorded nor named to the operator. */
async function findAgain(
  shop: Shop,
  steps: Steps,
  { since, count }: Lost,
  folder: string,
): Promise<readonly string[]> {
  await shop.startServers()
  await shop.waitUntilAnswered()
  await steps.count('servers started')

  const resent = shop.relay.sent.filter(({ at }) => at >= since)
  const refused: number[] = []
  for (const delivery of resent) {
    const status = await shop.relay.deliver(delivery)
    if (status >= 300) refused.push(status)
  }
  await shop.waitUntilAnswered()
  const { unpaid, unknown, refundsMissing } = await steps.count(`${resent.length} webhooks sent again`)

  const report = path.join(folder, 'settlement_detail_report_batch_1.csv')
  await writeFile(report, await (await fetch(`${shop.simulator.url}/simulator/settlement.csv`)).text())
  const inReport = await namedInReport(shop, report)
  const inAttention = await namedInAttention(shop)
  const missing = [...unpaid, ...unknown, ...refundsMissing]
  const unnamed = missing.filter(
    (id) => !inAttention.includes(id) || !inReport.some((text) => text.includes(id)),
  )
  print('')
  steps.print()
  print(
    `Named by the attention list and by the report: ${missing.length - unnamed.length} of ${missing.length}.`,
  )
  print(`The comparison of the settlement report has ${inReport.length} differences.`)
  const unexplained = inReport.filter((text) => !missing.some((id) => text.includes(id)))
  return [
    ...(count === 0 ? ['nothing was lost: there was nothing to find again'] : []),
    ...refused.map((status) => `a webhook that was sent again was answered ${status}`),
    ...unpaid.map((id) => `${id} is here and still not paid, although Adyen's webhook said so`),
    ...unnamed.map((id) => `nothing names ${id} to the operator`),
    ...unexplained.map((text) => `unexplained: ${text}`),
  ]
}

/** Begins payments, and does not finish them. */
async function beginPayments({ servers, simulator }: Shop): Promise<[SimulatedShopper, StartedPayment[]]> {
  const [server] = servers
  if (server === undefined) throw new Error('No server runs.')
  const programs = { server: { url: server.url, operatorsUrl: server.url }, simulator }
  const shopper = await new SimulatedShop(programs).shopper('undecided')
  const begun: StartedPayment[] = []
  while (begun.length < EACH) begun.push(await shopper.start(await shopper.order('tea-jasmine')))
  return [shopper, begun]
}

async function countMoney({ pool, simulator }: Shop): Promise<Count> {
  const ledger = await readLedger(simulator.url)
  const { rows } = await pool.query<{ id: string; status: string; refunded: number }>(
    `select id, status, coalesce((select sum(value) from refunds where payment_id = payments.id and status = 'refunded'), 0)::int as refunded
     from payments`,
  )
  const ours = new Map(rows.map((row) => [row.id, row]))
  const paid = ledger.filter((payment) => payment.paid > 0).map(({ merchantReference }) => merchantReference)
  const refunded = ledger.filter((payment) => payment.refunded > 0)
  return {
    paid: paid.length,
    recorded: paid.filter((id) => ours.get(id)?.status === 'authorised').length,
    unpaid: paid.filter((id) => ours.has(id) && ours.get(id)?.status !== 'authorised'),
    unknown: paid.filter((id) => !ours.has(id)),
    refunded: refunded.length,
    refundsMissing: refunded
      .filter((payment) => ours.get(payment.merchantReference)?.refunded !== payment.refunded)
      .map(({ merchantReference }) => merchantReference),
  }
}

const Comparison = Type.Object({ differences: Type.Array(Type.Unknown()) })

/** Compares the report and keeps the result. Resolves with each difference, as JSON. */
async function namedInReport(shop: Shop, report: string): Promise<string[]> {
  const printed = await shop.outputOf('settlement', report, '--json', '--keep')
  return Parse(Comparison, JSON.parse(printed)).differences.map((one) => JSON.stringify(one))
}

const Attention = Type.Object({
  items: Type.Array(Type.Unknown()),
  next: Type.Union([Type.String(), Type.Null()]),
})

/** Resolves with all that the attention list says of webhooks, as JSON. */
async function namedInAttention(shop: Shop): Promise<string> {
  const pages: string[] = []
  let next: string | null = null
  do {
    const after: string[] = next === null ? [] : ['--after', next]
    const page = await shop.outputOf('attention', '--kind', 'webhook', '--json', ...after)
    pages.push(page)
    next = Parse(Attention, JSON.parse(page)).next
  } while (next !== null)
  return pages.join('\n')
}

const print = (text: string): void => void process.stdout.write(`${text}\n`)
