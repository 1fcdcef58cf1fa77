import { setTimeout as pause } from 'node:timers/promises'
import type { Server } from '@tael/stack'
import { expect } from 'vitest'
import { type Step, steps } from '../src/steps.ts'
import { dyingAt, openReceiver, openShop, type Shop } from './actors/index.ts'
import { differences, letCrowdPay, settle, undelivered, unshipped } from './aftermath.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { prices, startCrowd, stockUp } from './crowd.ts'
import { type ExistingShopServer, openExistingShop } from './existing-shop.ts'
import { test as base } from './fixtures.ts'
import { brokenInvariants } from './invariants.ts'
import { SEED, seededRandom } from './seed.ts'

/**
 * How often something is killed, mostly at the steps in turn, from one that the seed chooses;
 * `KILLS=500` is a long run.
 */
const KILLS = Number(process.env['KILLS'] ?? 5)
/**
 * In every Nth round the other server is killed at any moment, PostgreSQL crashes, or PostgreSQL is
 * restarted.
 */
const ANY_MOMENT_EVERY = 4
const CRASH_EVERY = 9
const RESTART_EVERY = 7
/** In every Nth round the merchant's own server is killed. */
const SHOP_EVERY = 5
/**
 * How long a server may take to reach the step it is to die at, before it is killed wherever it is.
 */
const REACH_MS_MAX = 12_000

const test = base
  // Vitest reads from the pattern what a fixture takes.
  // oxlint-disable-next-line eslint/no-empty-pattern
  .extend('receiver', { scope: 'file' }, async ({}, { onCleanup }) => {
    const receiver = await openReceiver()
    onCleanup(() => receiver.close())
    return receiver
  })
  .extend('settings', { scope: 'file' }, ({ receiver }) => ({
    ORDER_LIFETIME_SECONDS: '5',
    ...receiver.settings,
  }))
  // Adyen's pauses before it delivers a webhook again, up to eight hours, are shorter than a server
  // lives here.
  .extend('simulatorSettings', { scope: 'file' }, { SIMULATOR_SPEED: '10000' })
  /** On a PostgreSQL of its own: no other test's may crash. */
  .extend('shop', { scope: 'file' }, async ({ settings, simulatorSettings }, { onCleanup }) => {
    const cluster = await startCluster()
    let shop: Shop | undefined
    onCleanup(async () => {
      await shop?.close()
      await cluster.stop()
    })
    const options = {
      server: settings,
      simulator: simulatorSettings,
      processes: true,
      postgresUrl: cluster.url,
    }
    shop = await openShop(options)
    // The test's own connections break too: whoever queries then gets the error.
    shop.database.pool.on('error', ignore)
    shop.database.pool.on('connect', (client) => client.on('error', ignore))
    return { ...shop, cluster }
  })
  .extend('merchant', { scope: 'file' }, ({ shop }) => shop.merchant())
  .extend('existingShop', { scope: 'file' }, async ({ shop, merchant, receiver }, { onCleanup }) => {
    const existingShop = await openExistingShop(shop, { merchant, receiver, prices })
    onCleanup(() => existingShop.close())
    return existingShop
  })

const ignore = (): undefined => undefined

test(
  `under load, servers die at each step and at any moment, also the merchant's own, PostgreSQL crashes and restarts, ` +
    `${KILLS} times in all: no payment, event or shipment is lost or doubled, and no payment is stuck (SEED=${SEED})`,
  { timeout: 300_000 + KILLS * 40_000 },
  async ({ shop, operator, merchant, receiver, existingShop }) => {
    const killer = await Killer.start(shop, shop.cluster, existingShop)
    const crowd = startCrowd({
      shop,
      servers: () => killer.servers,
      products: await stockUp(shop),
      operator: shop.operator('refunds:write'),
      merchant,
      existingShop,
    })
    for (let round = 0; killer.kills < KILLS; round += 1) await killer.play(round)
    await killer.stop()
    await letCrowdPay(shop, existingShop)
    await crowd.leave()

    await settle(shop, 120_000 + KILLS * 2_000)
    expect(await differences(shop)).toEqual([])
    expect(await undelivered(shop, receiver)).toEqual([])
    expect(await unshipped(shop, existingShop)).toEqual([])
    expect(await brokenInvariants(shop)).toEqual([])
    expect(await operator.reconcile()).toMatchObject({ code: 0 })
    // A long run has died at every step.
    const missed = steps.filter((step) => KILLS >= 2 * steps.length && !killer.deaths.has(`at: ${step}`))
    expect(missed).toEqual([])
    // docs/proof.md records these figures of a long run.
    process.stdout.write(
      `${JSON.stringify({ ...Object.fromEntries(killer.deaths), ...(await totals(shop)) })}\n`,
    )
  },
)

/** Kills and replaces two servers under load, and the PostgreSQL below them. */
class Killer {
  /** How often something died, by how. */
  readonly deaths = new Map<string, number>()
  readonly #shop: Shop
  readonly #cluster: Cluster
  readonly #existingShop: ExistingShopServer
  readonly #random = seededRandom()
  #steady: Server
  /** The one that Adyen's webhooks reach. */
  #doomed: Server

  private constructor(shop: Shop, cluster: Cluster, existingShop: ExistingShopServer, steady: Server) {
    this.#shop = shop
    this.#cluster = cluster
    this.#existingShop = existingShop
    this.#steady = steady
    this.#doomed = shop.server
  }

  static async start(shop: Shop, cluster: Cluster, existingShop: ExistingShopServer): Promise<Killer> {
    const killer = new Killer(shop, cluster, existingShop, await shop.startServer())
    await shop.server.stop('SIGKILL')
    return killer
  }

  get servers(): readonly Server[] {
    return [this.#steady, this.#doomed]
  }

  get kills(): number {
    return [...this.deaths.values()].reduce((sum, count) => sum + count, 0)
  }

  async play(round: number): Promise<void> {
    if (round % ANY_MOMENT_EVERY === 1) await this.#killAtAnyMoment()
    // PostgreSQL 18.4 does not stop while it recovers from a crash: it is not restarted in the same
    // round.
    if (round % CRASH_EVERY === 1) await this.#crashDatabase()
    else if (round % RESTART_EVERY === 0) await this.#restartDatabase()
    if (round % SHOP_EVERY === 2) await this.#killExistingShop()
    await this.#killAt(steps[(SEED + round) % steps.length] ?? 'webhook stored')
  }

  /** Lets a server live where one was doomed. */
  async stop(): Promise<void> {
    this.#doomed = await this.#shop.replaceServer(this.#shop.server)
  }

  async #killAtAnyMoment(): Promise<void> {
    await pause(this.#random() * 200)
    await this.#steady.stop('SIGKILL')
    this.#count('at any moment')
    this.#steady = await this.#shop.replaceServer(this.#steady)
  }

  async #killExistingShop(): Promise<void> {
    await this.#existingShop.kill()
    this.#count("the merchant's server")
  }

  async #crashDatabase(): Promise<void> {
    await this.#cluster.crash()
    this.#count('PostgreSQL, crashed')
  }

  async #restartDatabase(): Promise<void> {
    await this.#cluster.restart()
    this.#count('PostgreSQL, restarted')
  }

  async #killAt(step: Step): Promise<void> {
    const doomed = await this.#startDoomed(step)
    if (doomed === undefined) return this.#count(`at: ${step}`)
    this.#doomed = doomed
    const isDead = await Promise.race([doomed.exited.then(() => true), pause(REACH_MS_MAX, false)])
    if (!isDead) await doomed.stop('SIGKILL')
    return this.#count(isDead ? `at: ${step}` : 'at any moment')
  }

  /**
   * A server that dies at this step. Undefined: it died before it listened, over what another one
   * left to do.
   */
  async #startDoomed(step: Step): Promise<Server | undefined> {
    return this.#shop.replaceServer(this.#shop.server, dyingAt(step)).catch((error: unknown) => {
      if (error instanceof Error && error.message.includes(`killed at: ${step}`)) return undefined
      throw error
    })
  }

  #count(how: string): void {
    this.deaths.set(how, (this.deaths.get(how) ?? 0) + 1)
  }
}

function totals({ database }: Shop): Promise<Readonly<Record<string, unknown>>> {
  return database.row(
    `select (select count(*)::int from orders) as orders, (select count(*)::int from payments) as payments,
       (select count(*)::int from payments where status = 'authorised') as authorised,
       (select count(*)::int from refunds) as refunds,
       (select count(*)::int from merchant_events) as events,
       (select count(*)::int from webhook_items) as webhooks`,
  )
}
