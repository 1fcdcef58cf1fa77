import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { startEmbeddedPostgres } from '@tael/server/embedded-postgres'
import { brokenInvariants } from '@tael/server/invariants'
import { createTrustedCertificate, startShopProxy } from '@tael/server/shop-proxy'
import {
  type Environment,
  type Program,
  runCommand,
  serverEnvironment,
  startProgram,
  startSimulator,
} from '@tael/stack'
import { SimulatedShop, type SimulatedShopper } from '@tael/stack/simulated-shop'
import { Pool } from 'pg'
import { waitUntil } from './programs.ts'

/**
 * `pnpm drill:upgrade`: upgrades two servers from the last release to this one, goes back, and upgrades again, behind Debian's
 * nginx and under load. Exits with 0 if no request failed and nothing that was acknowledged is lost.
 */

/** The newest commit before this one whose servers are worth going back to, until a release is tagged. */
const LAST_RELEASE = 'a11d13393e7c'
const SHOPPERS = 6
const PAUSE_MS = 100
const FOUND_AGAIN_MS = 3_000
/** Purchases between two restarts. */
const PURCHASES = 20
const PRODUCT = 'tea-jasmine'
const WAIT_MS_MAX = 120_000
const root = fileURLToPath(new URL('../../../', import.meta.url))

const print = (line: string): void => void process.stdout.write(`${line}\n`)

const run = async (command: string, args: readonly string[], cwd = root): Promise<string> =>
  (await promisify(execFile)(command, args, { cwd, maxBuffer: 50_000_000 })).stdout.trim()

/** The newest tag of a release, else the commit above. */
async function findLastRelease(): Promise<string> {
  const [newest = ''] = (await run('git', ['tag', '--list', 'v*', '--sort=-version:refname'])).split('\n')
  return newest === '' ? LAST_RELEASE : newest
}

/** Builds the server of a commit in a worktree of its own. */
async function buildRelease(commit: string, folder: string): Promise<void> {
  await run('git', ['worktree', 'add', '--detach', folder, commit])
  const pnpm = ['-y', 'pnpm@12.21.0']
  await run('npx', [...pnpm, 'install', '--frozen-lockfile', '--prefer-offline'], folder)
  await run('npx', [...pnpm, 'exec', 'turbo', 'run', 'build', '--filter=@tael/server'], folder)
}

/** What shoppers were told. */
class Shoppers {
  readonly orders: string[] = []
  readonly authorised: string[] = []
  readonly failures: string[] = []
  #over = false
  readonly #visits: Promise<unknown>

  constructor(shop: SimulatedShop) {
    this.#visits = Promise.all(
      Array.from({ length: SHOPPERS }, (_, index) => this.#visit(shop, `drill-${index}`)),
    )
  }

  async pay(count: number): Promise<void> {
    const goal = this.authorised.length + count
    await waitUntil(`${count} more purchases`, async () => this.authorised.length >= goal, WAIT_MS_MAX)
  }

  async leave(): Promise<void> {
    this.#over = true
    await this.#visits
  }

  async #visit(shop: SimulatedShop, name: string): Promise<void> {
    let shopper: SimulatedShopper | undefined
    while (!this.#over) {
      try {
        // Once: logins are limited by the address, which all shoppers share here.
        shopper ??= await shop.shopper(name)
        const order = await shopper.order(PRODUCT)
        this.orders.push(order.id)
        const payment = await shopper.finish(await shopper.start(order))
        if (payment.status !== 'authorised') throw new Error(`A payment was answered ${payment.status}.`)
        this.authorised.push(payment.id)
      } catch (error) {
        this.failures.push(String(error))
      }
      await pause(PAUSE_MS)
    }
  }
}

/** Two servers at ports that they keep, each of one of the releases. */
class Servers {
  readonly programs: Program[] = []
  readonly #environment: Environment

  constructor(environment: Environment) {
    this.#environment = environment
  }

  async start(folder: string): Promise<void> {
    for (let count = 0; count < 2; count += 1) this.programs.push(await this.#startOne(folder, {}))
  }

  /** Replaces one server after the other, each once the one before it is ready. */
  async roll(folder: string, between: () => Promise<void>): Promise<void> {
    for (const [index, program] of this.programs.entries()) {
      await program.stop('SIGTERM')
      this.programs[index] = await this.#startOne(folder, { PORT: new URL(program.url).port })
      // As docs/installing.md says: nginx leaves a server alone for two seconds after it refused a connection.
      await pause(FOUND_AGAIN_MS)
      await between()
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.stop()))
  }

  #startOne(folder: string, env: Environment): Promise<Program> {
    const main = pathToFileURL(path.join(folder, 'apps/server/dist/main.js'))
    return startProgram('The server', main, { ...this.#environment, ...env }, { keepsOutput: false })
  }
}

const Ledger = Type.Object({
  payments: Type.Array(Type.Object({ merchantReference: Type.String(), paid: Type.Integer() })),
})

/** What is lost, and what differs between the shop's records and Adyen's. */
async function findDifferences(pool: Pool, shoppers: Shoppers, simulatorUrl: string): Promise<string[]> {
  const missing = async (what: string, ids: readonly string[], sql: string): Promise<string[]> => {
    const { rows } = await pool.query<{ id: string }>(
      `select id from unnest($1::text[]) as told (id) where not exists (${sql})`,
      [ids],
    )
    return rows.map(({ id }) => `the ${what} ${id} was acknowledged and is lost`)
  }
  const { payments } = Parse(Ledger, await (await fetch(`${simulatorUrl}/simulator/ledger`)).json())
  const { rows } = await pool.query<{ id: string; paid: number }>(
    `select id, case when status = 'authorised' then value::int else 0 end as paid from payments`,
  )
  const atAdyen = new Map(payments.map(({ merchantReference, paid }) => [merchantReference, paid]))
  return [
    ...(await missing('order', shoppers.orders, 'select from orders where orders.id = told.id')),
    ...(await missing(
      'payment',
      shoppers.authorised,
      `select from payments where payments.id = told.id and status = 'authorised'`,
    )),
    ...rows.flatMap(({ id, paid }) =>
      (atAdyen.get(id) ?? 0) === paid ? [] : [`${id}: ${paid} here, ${atAdyen.get(id)} at Adyen`],
    ),
    ...(await brokenInvariants({ database: { pool } })),
  ]
}

/** Prints its figures, and returns what did not hold. */
async function drillUpgrade(from: string, folder: string): Promise<readonly string[]> {
  const old = path.join(folder, 'last-release')
  print(`Building ${from} ...`)
  await buildRelease(from, old)
  const postgres = await startEmbeddedPostgres(path.join(folder, 'postgres'))
  const certificate = await createTrustedCertificate()
  const port = '18443'
  const simulator = await startSimulator(`https://localhost:${port}`, {
    SIMULATOR_SPEED: '20',
    // The simulator delivers its webhooks through nginx too.
    NODE_EXTRA_CA_CERTS: certificate.cert,
  })
  const environment = serverEnvironment(simulator.url, {
    DATABASE_URL: postgres.url,
    TRUSTED_PROXIES: '1',
    DRAIN_SECONDS: '5',
    SHOPPER_ORDERS_MAX: '1000000',
    SHOPPER_PIECES_MAX: '1000000',
    SHOPPER_STOCK_PERCENT: '100',
  })
  const servers = new Servers(environment)
  const pool = new Pool({ connectionString: postgres.url, max: 2 })
  await servers.start(old)
  const [one, two] = servers.programs
  if (one === undefined || two === undefined) throw new Error('Two servers were to start.')
  const proxy = await startShopProxy('nginx', { port, servers: [one, two], certificate })
  await runCommand(environment, 'stock', PRODUCT, '--add', '1000000')
  const server = { url: `https://localhost:${port}`, operatorsUrl: '' }
  const shoppers = new Shoppers(new SimulatedShop({ server, simulator }))
  try {
    const between = (): Promise<void> => shoppers.pay(PURCHASES)
    await between()
    for (const [what, release] of [
      ['upgraded', root],
      ['gone back', old],
      ['upgraded again', root],
    ] as const) {
      const start = performance.now()
      const before = shoppers.authorised.length
      await servers.roll(release, between)
      const seconds = Math.round((performance.now() - start) / 1000)
      print(`${what}: ${seconds} s, ${shoppers.authorised.length - before} purchases meanwhile`)
    }
    await shoppers.leave()
    await fetch(`${simulator.url}/simulator/idle`, { method: 'POST' })
    const { rows } = await pool.query<{ items: string }>(
      `select count(*) as items from webhook_items where state = 'applied'`,
    )
    const reconciled = await runCommand(environment, 'reconcile').then(
      () => [],
      (error: unknown) => [`reconcile: ${String(error)}`],
    )
    print(
      `acknowledged: ${shoppers.orders.length} orders, ${shoppers.authorised.length} payments; applied: ${rows[0]?.items} webhooks; ` +
        `failed requests: ${shoppers.failures.length}`,
    )
    return [...shoppers.failures, ...reconciled, ...(await findDifferences(pool, shoppers, simulator.url))]
  } finally {
    await shoppers.leave()
    await proxy.stop()
    await servers.stop()
    await simulator.stop()
    await certificate.forget()
    await pool.end()
    await postgres.stop()
  }
}

const { values } = parseArgs({ options: { from: { type: 'string' } } })
const from = values.from ?? (await findLastRelease())
const folder = await mkdtemp(path.join(tmpdir(), 'tael-upgrade-'))
// Run as root, PostgreSQL gets a user of its own, who must be able to reach its folder.
await chmod(folder, 0o755)
try {
  const problems = await drillUpgrade(from, folder)
  for (const problem of problems) print(`✗ ${problem}`)
  print(problems.length === 0 ? 'All of it held.' : `${problems.length} did not hold.`)
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  await rm(folder, { recursive: true, force: true })
  await run('git', ['worktree', 'prune'])
}
