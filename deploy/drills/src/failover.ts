import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { checkRecords, compareWithLedger, findLost } from './judge.ts'
import { type Node, PostgresCluster } from './postgres-cluster.ts'
import { printTable } from './print-table.ts'
import { run, waitUntil } from './programs.ts'
import { Proxies } from './proxies.ts'
import { Shop } from './shop.ts'
import { Shoppers } from './shoppers.ts'

/** How often each fault is played. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 3)
/** The bound that the drill holds the service to. */
const BACK_MS_MAX = 30_000
/** Whoever pays is not slowed by less on a busy machine: a pause in which nobody could pay is longer. */
const GAP_MS_MIN = 2_000
const CALM_MS = 4_000
const NEW_PRIMARY_MS_MAX = 90_000
/** How long HAProxy and PgBouncer are gone, as when something restarts them. */
const PROXIES_AWAY_MS = 3_000
const PROBE_MS = 250

interface Stage {
  readonly cluster: PostgresCluster
  readonly proxies: Proxies
  readonly shop: Shop
  readonly shoppers: Shoppers
}

/** Something that breaks, and what mends it once somebody else has taken over. */
interface Fault {
  readonly name: string
  readonly movesPrimary: boolean
  readonly strike: (stage: Stage, primary: Node) => Promise<void>
  readonly mend: (stage: Stage, primary: Node) => Promise<void>
}

const nothing = async (): Promise<void> => undefined

const faults: readonly Fault[] = [
  {
    name: 'kill -9 of PostgreSQL and Patroni',
    movesPrimary: true,
    strike: (_, primary) => primary.kill(),
    mend: async (_, primary) => primary.startPatroni(),
  },
  {
    name: 'the disk of the primary is gone',
    movesPrimary: true,
    strike: (_, primary) => primary.loseDisk(),
    // Patroni copies the new primary by itself.
    mend: nothing,
  },
  {
    name: 'the network of the primary is cut',
    movesPrimary: true,
    strike: (_, primary) => primary.setLink('down'),
    mend: (_, primary) => primary.setLink('up'),
  },
  {
    name: 'kill -9 of HAProxy and PgBouncer',
    movesPrimary: false,
    strike: ({ proxies }) => proxies.kill(),
    mend: async ({ proxies }) => {
      await pause(PROXIES_AWAY_MS)
      proxies.start()
    },
  },
  {
    name: 'switchover by patronictl',
    movesPrimary: true,
    strike: ({ cluster }) => cluster.switchOver(),
    mend: nothing,
  },
]

/** What one fault led to, in milliseconds. */
interface Outcome {
  readonly fault: string
  /** From the fault to the first payment after the longest pause. */
  readonly backMs: number
  /** The longest pause between two payments. */
  readonly pauseMs: number
  /** For how long two nodes took writes at once; negative: between the two nobody did. Undefined: the primary stayed. */
  readonly overlapMs: number | undefined
  readonly lost: readonly string[]
}

/** PostgreSQL under Patroni loses its primary in every way, while shoppers pay. Resolves with what did not hold. */
export async function drillFailover(): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-failover-'))
  await chmod(folder, 0o755)
  const started = performance.now()
  print(`Starting three machines in ${folder} …`)
  const cluster = await PostgresCluster.start(folder)
  const proxies = new Proxies(path.join(folder, 'proxies'))
  const password = 'drill'
  await createDatabase(cluster, password)
  await proxies.open(cluster.values, password)
  const { pooled, direct } = proxies.urls(password)
  const shop = await Shop.open({ DATABASE_URL: pooled, DATABASE_DIRECT_URL: direct })
  const shoppers = new Shoppers(shop.servers, shop.simulator)
  shoppers.start()
  await shoppers.waitForPurchase(BACK_MS_MAX)
  const stage = { cluster, proxies, shop, shoppers }

  const outcomes: Outcome[] = []
  for (let round = 0; round < ROUNDS; round += 1)
    for (const fault of faults) {
      const outcome = await play(stage, fault)
      outcomes.push(outcome)
      print(
        `${fault.name}: back after ${seconds(outcome.backMs)}, pause ${seconds(outcome.pauseMs)}, ${describeOverlap(outcome)}`,
      )
    }
  await shoppers.leave()
  await shop.waitUntilSettled()

  const loss = await findLost(shop.pool, shoppers.acknowledged, shop.relay.acknowledged)
  const { lost, ...acknowledged } = loss
  const problems = [
    ...outcomes.flatMap(judgeOutcome),
    ...lost,
    ...[...shoppers.failures].map(([reason, times]) => `${times} purchases ended with ${reason}`),
    ...(await compareWithLedger(shop.pool, shop.simulator.url)),
    ...(await checkRecords(shop.pool, shop.commandEnvironment)),
  ]
  print('')
  printTable(
    [
      'fault',
      'times',
      'back after, median',
      'back after, at most',
      'pause, at most',
      'acknowledged and lost',
    ],
    faults.map(({ name }) => summarise(name, outcomes)),
  )
  print(
    `Acknowledged: ${JSON.stringify(acknowledged)}; lost: ${lost.length}; webhooks refused and sent again: ${shop.relay.refused}`,
  )
  print(`Purchases that the webhook decided after their answer: ${shoppers.undecided}`)
  print(`${Math.round((performance.now() - started) / 60_000)} minutes`)
  await shop.stop()
  await cluster.stop()
  await proxies.kill()
  if (problems.length === 0) await rm(folder, { recursive: true, force: true })
  else print(`The logs are in ${folder}.`)
  return problems
}

/** Tael's role with its database; the limit of single statements behind PgBouncer is the role's (docs/operating.md). */
async function createDatabase(cluster: PostgresCluster, password: string): Promise<void> {
  const { folder } = await cluster.primary()
  for (const sql of [
    `create role tael login password '${password}'`,
    `alter role tael set statement_timeout = '10s'`,
    'create database tael owner tael',
  ])
    await run('psql', ['-h', folder, '-U', 'postgres', '-c', sql, 'postgres'], { user: 'postgres' })
}

async function play(stage: Stage, { name, movesPrimary, strike, mend }: Fault): Promise<Outcome> {
  const { cluster, shop, shoppers } = stage
  await cluster.waitUntilHealthy()
  await shoppers.waitForPurchase(BACK_MS_MAX)
  const before = await cluster.primary()
  const watch = new PrimaryWatch(cluster, before)
  await pause(CALM_MS)
  const struckAt = performance.now()
  await strike(stage, before)
  if (movesPrimary) {
    const isOther = async (): Promise<boolean> => (await cluster.primary()).name !== before.name
    await waitUntil('another primary', isOther, NEW_PRIMARY_MS_MAX)
    await shoppers.waitForPurchase(NEW_PRIMARY_MS_MAX)
  }
  await mend(stage, before)
  await shoppers.waitForPurchase(NEW_PRIMARY_MS_MAX)
  await cluster.waitUntilHealthy()
  await shoppers.waitForPurchase(BACK_MS_MAX)
  const overlapMs = movesPrimary ? await watch.end() : (await watch.end(), undefined)
  const { lost } = await findLost(shop.pool, shoppers.acknowledged, [...shop.relay.acknowledged])
  return { fault: name, ...longestPause(shoppers.paidAt, struckAt), overlapMs, lost }
}

/** Looks again and again who takes writes, to see whether two ever did. */
class PrimaryWatch {
  readonly #before: Node
  #lastOfOld = Number.NEGATIVE_INFINITY
  #firstOfNew = Number.POSITIVE_INFINITY
  #over = false
  readonly #watching: Promise<unknown>

  constructor(cluster: PostgresCluster, before: Node) {
    this.#before = before
    this.#watching = Promise.all(cluster.nodes.map((node) => this.#watch(node)))
  }

  async #watch(node: Node): Promise<void> {
    while (!this.#over) {
      const askedAt = performance.now()
      const takesWrites = await node.takesWrites()
      if (takesWrites && node === this.#before) this.#lastOfOld = askedAt
      if (takesWrites && node !== this.#before)
        this.#firstOfNew = Math.min(this.#firstOfNew, performance.now())
      await pause(PROBE_MS)
    }
  }

  /** Milliseconds from the first write that the new primary takes to the last of the old one: negative if they never met. */
  async end(): Promise<number> {
    this.#over = true
    await this.#watching
    return this.#lastOfOld - this.#firstOfNew
  }
}

/** The longest pause between two payments that ended after `since`, and when it ended. */
function longestPause(paidAt: readonly number[], since: number): Pick<Outcome, 'backMs' | 'pauseMs'> {
  let found = { backMs: 0, pauseMs: 0 }
  for (const [index, at] of paidAt.entries()) {
    const pauseMs = at - (paidAt[index - 1] ?? at)
    if (at > since && pauseMs >= GAP_MS_MIN && pauseMs > found.pauseMs)
      found = { backMs: at - since, pauseMs }
  }
  return found
}

function judgeOutcome({ fault, backMs, overlapMs = -1, lost }: Outcome): string[] {
  return [
    ...(backMs > BACK_MS_MAX ? [`${fault}: back only after ${seconds(backMs)}`] : []),
    ...(overlapMs >= 0 ? [`${fault}: two primaries for ${seconds(overlapMs)}`] : []),
    ...lost.map((one) => `${fault}: ${one}`),
  ]
}

function summarise(name: string, outcomes: readonly Outcome[]): string[] {
  const played = outcomes.filter(({ fault }) => fault === name)
  const back = played.map(({ backMs }) => backMs).toSorted((one, other) => one - other)
  return [
    name,
    String(played.length),
    seconds(back[Math.floor(back.length / 2)] ?? 0),
    seconds(back.at(-1) ?? 0),
    seconds(Math.max(...played.map(({ pauseMs }) => pauseMs))),
    String(played.reduce((sum, { lost }) => sum + lost.length, 0)),
  ]
}

function describeOverlap({ overlapMs }: Outcome): string {
  if (overlapMs === undefined) return 'the primary stayed'
  return overlapMs < 0 ? `no primary for ${seconds(-overlapMs)}` : `two primaries for ${seconds(overlapMs)}`
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const print = (text: string): void => void process.stdout.write(`${text}\n`)
