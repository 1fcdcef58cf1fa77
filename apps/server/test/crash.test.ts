import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Program } from '@tael/stack'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { startEmbeddedPostgres } from '../src/db/embedded.ts'
import { type Step, steps } from '../src/steps.ts'
import { differences, settle } from './aftermath.ts'
import { brokenInvariants } from './invariants.ts'
import { mulberry32 } from './mulberry32.ts'
import { SEED } from './seed.ts'
import { addProduct, command, dyingAt, openShop, operatorKey, row, type Shop } from './shop.ts'
import { prices, startShoppers } from './shoppers.ts'

/** How often something is killed, mostly at the steps in turn, from one that the seed chooses; `KILLS=500` is a long run. */
const KILLS = Number(process.env['KILLS'] ?? 5)
/** In every so manieth round the other server is killed at any moment, PostgreSQL crashes, and PostgreSQL is restarted. */
const ANY_MOMENT_EVERY = 4
const CRASH_EVERY = 9
const RESTART_EVERY = 7
/** How long a server may take to reach the step it is to die at, before it is killed wherever it is. */
const REACH_MS_MAX = 12_000

test(
  `under load, servers die at each step and at any moment, PostgreSQL crashes and restarts, ${KILLS} times in all: ` +
    `no payment is lost, doubled or stuck (SEED=${SEED})`,
  async () => {
    const random = mulberry32(SEED)
    const postgres = await startOwnPostgres()
    const shop = await openShop(
      { ORDER_LIFETIME_SECONDS: '5' },
      // Adyen's pauses before it delivers a webhook again, up to eight hours, are shorter than a server lives here.
      { SIMULATOR_SPEED: '10000' },
      postgres.url,
    )
    shop.db.on('error', onLost)
    shop.db.on('connect', (client) => client.on('error', onLost))
    let steady = await shop.anotherServer()
    // The one that Adyen's webhooks reach is the one that dies at each step.
    const servers: Program[] = [steady, shop.server]
    const products = await Promise.all(prices.map((price) => addProduct(shop, price, 100_000)))
    const key = await operatorKey(shop, 'refunds:write')
    const shoppers = startShoppers({ shop, servers, products, random, operatorKey: key })

    const deaths = new Map<string, number>()
    const died = (how: string): void => void deaths.set(how, (deaths.get(how) ?? 0) + 1)
    const killed = (): number => [...deaths.values()].reduce((sum, count) => sum + count, 0)
    await shop.server.stop('SIGKILL')
    for (let round = 0; killed() < KILLS; round += 1) {
      if (round % ANY_MOMENT_EVERY === 1) {
        await pause(random() * 200)
        await steady.stop('SIGKILL')
        died('at any moment')
        steady = servers[0] = await shop.anotherServer({ PORT: portOf(steady) })
      }
      if (round % CRASH_EVERY === 1) {
        await crashDatabase(shop)
        died('PostgreSQL, crashed')
        // PostgreSQL 18.4 never stops when it is told to while it recovers: it is not restarted in the same round.
      } else if (round % RESTART_EVERY === 0) {
        await postgres.restart()
        died('PostgreSQL, restarted')
      }
      const step = steps[(SEED + round) % steps.length] ?? 'webhook stored'
      const doomed = await startDoomed(shop, portOf(shop.server), step)
      if (doomed !== undefined) servers[1] = doomed
      const reached = await Promise.race([
        doomed?.exited.then(() => true) ?? true,
        pause(REACH_MS_MAX, false),
      ])
      if (!reached) await doomed?.stop('SIGKILL')
      died(reached ? `at: ${step}` : 'at any moment')
    }
    servers[1] = await shop.anotherServer({ PORT: portOf(shop.server) })
    await shoppers.leave()

    await settle(shop, 120_000 + KILLS * 2_000)
    expect(await differences(shop)).toEqual([])
    expect(await brokenInvariants(shop)).toEqual([])
    expect(await command(shop, 'reconcile')).toMatchObject({ code: 0 })
    // Long enough, it has died at every step.
    const missed = steps.filter((step) => KILLS >= 2 * steps.length && !deaths.has(`at: ${step}`))
    expect(missed).toEqual([])
    // What docs/proof.md tells of a long run.
    process.stdout.write(`${JSON.stringify({ ...Object.fromEntries(deaths), ...(await totals(shop)) })}\n`)
    await shop.close()
    await postgres.stop()
  },
  300_000 + KILLS * 40_000,
)

/** The test's own connections are lost too: whoever queries then is told, whoever does not need not know. */
const onLost = (): undefined => undefined

const portOf = (server: Program): string => new URL(server.url).port

/** A server that dies at this step. Undefined: it died before it listened, over what another one left to do. */
async function startDoomed(shop: Shop, port: string, step: Step): Promise<Program | undefined> {
  return shop.anotherServer({ PORT: port, ...dyingAt(step) }).catch((error: unknown) => {
    if (error instanceof Error && error.message.includes(`killed at: ${step}`)) return undefined
    throw error
  })
}

/** A PostgreSQL of this test's own: the others would not like to see theirs crash. */
async function startOwnPostgres(): Promise<{ url: string; restart(): Promise<void>; stop(): Promise<void> }> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tael-crash-'))
  await chmod(dataDir, 0o755)
  const postgres = await startEmbeddedPostgres(dataDir)
  return {
    url: postgres.url,
    restart: () => restart(path.join(dataDir, 'postgres')),
    async stop() {
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Restarts PostgreSQL as an operator would: nobody is served, or even listened to, until it is back at the same port. */
async function restart(cluster: string): Promise<void> {
  // The command that started it stands here, for `pg_ctl restart`; pg_ctl lies beside it (PostgreSQL documentation, pg_ctl).
  const options = await readFile(path.join(cluster, 'postmaster.opts'), 'utf8')
  const pgCtl = path.join(path.dirname(options.split(' ')[0] ?? ''), 'pg_ctl')
  const log = path.join(cluster, 'server.log')
  const { uid, gid } = await stat(cluster)
  const as = process.getuid?.() === 0 ? { uid, gid } : {}
  await promisify(execFile)(pgCtl, ['restart', '-D', cluster, '-m', 'fast', '-w', '-t', '180', '-l', log], {
    ...as,
    cwd: cluster,
  })
}

/**
 * Kills one of PostgreSQL's processes. PostgreSQL takes that for a crash: it throws out every connection and recovers from
 * its log, as it does after a power cut.
 */
async function crashDatabase(shop: Shop): Promise<void> {
  const client = new Client({ connectionString: shop.databaseUrl })
  client.on('error', onLost)
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  process.kill(rows[0]?.pid ?? 0, 'SIGKILL')
  await client.end().catch(() => undefined)
}

function totals(shop: Shop): Promise<Record<string, unknown>> {
  return row(
    shop,
    `select (select count(*)::int from orders) as orders, (select count(*)::int from payments) as payments,
       (select count(*)::int from payments where status = 'authorised') as authorised,
       (select count(*)::int from refunds) as refunds,
       (select count(*)::int from webhook_items) as webhooks`,
  )
}
