import { rename } from 'node:fs/promises'
import { machineRoutes, NoAnswerError, ProblemError, shopperRoutes } from '@tael/contracts'
import { Client } from 'pg'
import { expect } from 'vitest'
import { logLines, MINUTE, openShop, type Shop } from './actors/index.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { DatabaseNetwork } from './database-network.ts'
import { test as base } from './fixtures.ts'

const ignore = (): undefined => undefined

/** More at the same time than the pool has connections. */
const REQUESTS = 30

const test = base
  /** On a PostgreSQL of its own, because no other test's may become read-only or stop. */
  .extend('shop', { scope: 'file' }, async ({ simulatorSettings }, { onCleanup }) => {
    const cluster = await startCluster()
    const network = await DatabaseNetwork.open(cluster.url)
    let shop: Shop | undefined
    onCleanup(async () => {
      await shop?.close()
      network.close()
      await cluster.stop()
    })
    shop = await openShop({
      simulator: simulatorSettings,
      postgresUrl: cluster.url,
      reachDatabase: (url) => ({ DATABASE_URL: network.through(url) }),
    })
    // The test's own connections break too where PostgreSQL restarts.
    shop.database.pool.on('error', ignore)
    shop.database.pool.on('connect', (client) => client.on('error', ignore))
    return { ...shop, cluster, network }
  })

interface Surroundings {
  readonly network: DatabaseNetwork
  readonly cluster: Cluster
}

interface Fault {
  readonly name: string
  /** Some requests may succeed before it. */
  readonly isPartial?: true
  /** The server is not ready for as long as it lasts. */
  readonly isUnready?: true
  /** Starts the fault, and returns what ends it. */
  readonly start: (shop: Shop & Surroundings) => Promise<() => Promise<void>>
}

/** A connection outside the shop, which a fault may not disturb. */
async function administer(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

const faults: readonly Fault[] = [
  {
    name: 'every connection falls silent, and so do new ones',
    isUnready: true,
    start: async ({ network }) => {
      network.fallSilent()
      return () => network.restore()
    },
  },
  {
    name: 'connections are cut and refused',
    isUnready: true,
    start: async ({ network }) => {
      network.refuse()
      return () => network.restore()
    },
  },
  {
    name: 'PostgreSQL can only be read, as after a failover',
    isUnready: true,
    start: async ({ cluster }) => {
      await administer(
        cluster.url,
        'alter system set default_transaction_read_only = on',
        'select pg_reload_conf()',
      )
      return () =>
        administer(
          cluster.url,
          'set default_transaction_read_only = off',
          'alter system reset default_transaction_read_only',
          'select pg_reload_conf()',
        )
    },
  },
  {
    name: 'PostgreSQL restarts',
    isPartial: true,
    start: async ({ cluster }) => {
      const restarted = cluster.restart()
      return () => restarted
    },
  },
  {
    name: 'statements wait for a lock until their time is up, and take every connection',
    start: async ({ database }) => {
      const holder = await database.pool.connect()
      await holder.query('begin; lock table sessions in access exclusive mode')
      return async () => {
        await holder.query('rollback')
        holder.release()
      }
    },
  },
  {
    name: 'the file of a table is gone, as where the disk fails',
    isPartial: true,
    start: async ({ database }) => {
      const { file } = await database.row(
        `select current_setting('data_directory') || '/' || pg_relation_filepath('orders') as file`,
      )
      await database.rows('checkpoint')
      await rename(String(file), `${String(file)}.gone`)
      // Who has opened it before still reaches it.
      await database.rows(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
      return () => rename(`${String(file)}.gone`, String(file))
    },
  },
]

async function answersOf(requests: readonly Promise<unknown>[]): Promise<readonly string[]> {
  const kinds = requests.map((request) =>
    request.then(
      () => 'success',
      (error: unknown) => {
        if (error instanceof ProblemError) return `${error.problem.status} ${error.problem.code}`
        if (error instanceof NoAnswerError) return 'no answer'
        throw error
      },
    ),
  )
  return Promise.all(kinds)
}

test.for(faults)(
  '$name: requests are answered 503, the process lives, and all of it works again afterwards',
  async ({ start, isPartial, isUnready }, { shop, shopper, clock }) => {
    const attempt = await shopper.startBuying(6100)
    const lines = [{ productId: await shop.addProduct(4000), quantity: 1 }]
    const end = await start(shop)

    const place = () =>
      shopper.call(
        shopperRoutes.createOrder,
        { idempotencyKey: crypto.randomUUID(), body: { lines } },
        { timeoutMs: 60_000 },
      )
    const ready = () => shop.call(machineRoutes.ready, {}, { timeoutMs: 60_000 })
    try {
      const requests = answersOf(Array.from({ length: REQUESTS }, place))
      expect(await shop.call(machineRoutes.live, {})).toMatchObject({ status: 'live' })
      const allowed = isPartial ? ['503 not_ready', 'success'] : ['503 not_ready']
      for (const answer of await requests) expect(allowed).toContain(answer)
      if (isUnready) expect(await answersOf([ready()])).toEqual(['503 not_ready'])
    } finally {
      await end()
    }

    await expect.poll(() => answersOf([place()])).toEqual(['success'])
    await expect.poll(() => answersOf([ready()])).toEqual(['success'])
    // The client times out before the long poll ends: only the change can have answered it.
    const change = shopper.waitForChange(attempt.payment, { waitMs: 25_000, timeoutMs: 20_000 })
    await shopper.payAtCashier(attempt)
    expect(await change).toMatchObject({ status: 'authorised' })
    const order = await shopper.order(4000)
    await clock.passTime(31 * MINUTE)
    await expect.poll(() => shopper.getOrder(order.id)).toMatchObject({ status: 'expired' })
    expect(logLines(shop.server).filter(({ level }) => level >= 60)).toEqual([])
  },
)
