import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Program } from '@tael/stack'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { startEmbeddedPostgres } from '../src/db/embedded.ts'
import { steps } from '../src/steps.ts'
import { differences, settle } from './aftermath.ts'
import { mulberry32 } from './mulberry32.ts'
import { addProduct, command, openShop, operatorKey, row, type Shop } from './shop.ts'
import { prices, startShoppers } from './shoppers.ts'

/** How often something is killed, half of it at the steps in turn; `KILLS=500` makes a long run of it. */
const KILLS = Number(process.env['KILLS'] ?? 2 * steps.length + 1)
/** Decides what is bought, how it is paid and whom a kill hits. Set it to repeat those choices. */
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32))
/** PostgreSQL crashes in every so manieth round. */
const DATABASE_EVERY = 10
/** How long a server may take to reach the step it is to die at, before it is killed wherever it is. */
const REACH_MS_MAX = 12_000

test(
  `under load, servers are killed at each step and at any moment, and PostgreSQL crashes, ${KILLS} times in all: ` +
    `no payment is lost, doubled or stuck (SEED=${SEED})`,
  async () => {
    const random = mulberry32(SEED)
    const postgres = await startOwnPostgres()
    const shop = await openShop(
      { LOG_LEVEL: 'info', ORDER_LIFETIME_SECONDS: '5' },
      { SIMULATOR_SPEED: '1000' },
      postgres.url,
    )
    const servers: Program[] = [shop.server, await shop.anotherServer()]
    const products = await Promise.all(prices.map((price) => addProduct(shop, price, 100_000)))
    const key = await operatorKey(shop, 'refunds:write')
    const shoppers = startShoppers({ shop, servers, products, random, operatorKey: key })

    const deaths = new Map<string, number>()
    const died = (how: string): void => void deaths.set(how, (deaths.get(how) ?? 0) + 1)
    const killed = (): number => [...deaths.values()].reduce((sum, count) => sum + count, 0)
    for (let round = 0; killed() < KILLS; round += 1) {
      if (round % DATABASE_EVERY === DATABASE_EVERY - 1) {
        await crashDatabase(shop)
        died('PostgreSQL')
      }
      const index = Math.floor(random() * servers.length)
      const victim = servers[index] ?? shop.server
      await pause(random() * 200)
      await victim.stop('SIGKILL')
      died('at any moment')
      // On its own port again: Adyen's webhooks know no other.
      const { port } = new URL(victim.url)
      const step = steps[round % steps.length] ?? 'webhook stored'
      const doomed = await startDoomed(shop, port, step)
      if (doomed !== undefined) servers[index] = doomed
      const reached = await Promise.race([
        doomed?.exited.then(() => true) ?? true,
        pause(REACH_MS_MAX, false),
      ])
      if (!reached) await doomed?.stop('SIGKILL')
      died(reached ? `at: ${step}` : 'at any moment')
      servers[index] = await shop.anotherServer({ PORT: port })
    }
    await shoppers.leave()

    await settle(shop)
    expect(await differences(shop)).toEqual([])
    expect(await command(shop, 'reconcile')).toMatchObject({ code: 0 })
    const unmet = steps.filter((step) => KILLS > 2 * steps.length && !deaths.has(`at: ${step}`))
    expect(unmet).toEqual([])
    // What docs/proof.md tells of a long run.
    process.stdout.write(`${JSON.stringify({ ...Object.fromEntries(deaths), ...(await totals(shop)) })}\n`)
    await shop.close()
    await postgres.stop()
  },
  180_000 + KILLS * 10_000,
)

const killAt = new URL('kill-at.ts', import.meta.url).href

/** A server that dies at this step. Undefined: it died before it listened, over what another one left to do. */
async function startDoomed(shop: Shop, port: string, step: string): Promise<Program | undefined> {
  const env = { PORT: port, KILL_AT: step, NODE_OPTIONS: `--import ${killAt}` }
  return shop.anotherServer(env).catch((error: unknown) => {
    if (error instanceof Error && error.message.includes(`killed at: ${step}`)) return undefined
    throw error
  })
}

/** A PostgreSQL of this test's own: the others would not like to see theirs crash. */
async function startOwnPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tael-crash-'))
  await chmod(dataDir, 0o755)
  const postgres = await startEmbeddedPostgres(dataDir)
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/**
 * Kills one of PostgreSQL's processes. PostgreSQL takes that for a crash: it throws out every connection and recovers from
 * its log, as it does after a power cut.
 */
async function crashDatabase(shop: Shop): Promise<void> {
  const client = new Client({ connectionString: shop.databaseUrl })
  client.on('error', () => undefined)
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
