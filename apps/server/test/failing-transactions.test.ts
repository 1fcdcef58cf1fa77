import { expect } from 'vitest'
import { refusalOf, type Shop } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

type JobName = Parameters<Shop['queue']['waiting']>[0]

const waitingForLock = `select pid from pg_locks where locktype = 'advisory' and not granted
  and database = (select oid from pg_database where datname = current_database())`

const test = base
  /** Lets every commit that wrote such a row to this table wait while the action runs. */
  .extend(
    'holdingCommits',
    ({ shop: { database } }) =>
      async (table: string, { paymentId }: About, action: () => Promise<void>) => {
        const holder = await database.pool.connect()
        try {
          await database.rows(`
        create or replace function wait_at_commit() returns trigger language plpgsql as
          $$ begin perform pg_advisory_xact_lock_shared(1); return null; end $$;
        create constraint trigger wait_at_commit after insert on ${table}
          deferrable initially deferred for each row
          ${paymentId === undefined ? '' : `when (new.payment_id = '${paymentId}')`}
          execute function wait_at_commit()`)
          await holder.query('select pg_advisory_lock(1)')
          await action()
        } finally {
          await holder.query('select pg_advisory_unlock_all()')
          holder.release()
          await database.rows(`drop trigger wait_at_commit on ${table}`)
        }
      },
  )
  /** Waits for a commit to wait, and returns its process in PostgreSQL. */
  .extend('waitingCommit', ({ shop: { database } }) => async (): Promise<unknown> => {
    await until(async () => (await database.rows(waitingForLock)).length > 0)
    return (await database.row(waitingForLock))['pid']
  })
  /** How many jobs of these names about this there ever were. */
  .extend('jobs', ({ queue }) => async (names: readonly JobName[], about: About): Promise<number> => {
    const counts = await Promise.all(names.map((name) => queue.everEnqueued(name, about)))
    return counts.reduce((sum, count) => sum + count, 0)
  })

/** Whose rows wait and whose jobs are counted; of an order that is yet to be made, everybody's. */
type About = { readonly paymentId?: string }

interface Case {
  readonly name: string
  readonly table: string
  readonly jobs: readonly JobName[]
  /** Brings a shopper to the moment before; `act` may be done twice. */
  readonly prepare: (actors: {
    readonly shop: Shop
    readonly shopper: Awaited<ReturnType<Shop['shopper']>>
    readonly operator: ReturnType<Shop['operator']>
  }) => Promise<{ readonly act: () => Promise<unknown>; readonly about: About }>
}

const cases: readonly Case[] = [
  {
    name: 'an order, and the job that expires it',
    table: 'orders',
    jobs: ['expire-order'],
    async prepare({ shop, shopper }) {
      const productId = await shop.addProduct(4000)
      const key = crypto.randomUUID()
      return { act: () => shopper.orderProducts([{ productId, quantity: 1 }], key), about: {} }
    },
  },
  {
    name: 'a refund, and the job that makes it',
    table: 'refunds',
    jobs: ['make-refund'],
    async prepare({ shopper, operator }) {
      const payment = await shopper.buy(4000)
      const key = crypto.randomUUID()
      return { act: () => operator.refund(payment, 1000, key), about: { paymentId: payment.id } }
    },
  },
  {
    name: 'a cancel, and the jobs that close the attempt and abandon it',
    table: 'payment_events',
    jobs: ['make-call', 'abandon-payment'],
    async prepare({ shopper }) {
      const { payment } = await shopper.startBuying(4000)
      return { act: () => shopper.cancelOrder(payment.orderId), about: { paymentId: payment.id } }
    },
  },
]

test.for(cases)(
  '$name: both or neither, and what broke inside reaches nobody',
  async (
    { table, jobs: names, prepare },
    { shop, shopper, operator, holdingCommits, waitingCommit, jobs },
  ) => {
    const { act, about } = await prepare({ shop, shopper, operator })
    const before = await jobs(names, about)
    await holdingCommits(table, about, async () => {
      const acted = refusalOf(act())
      const pid = await waitingCommit()
      expect(await jobs(names, about)).toBe(before)
      await shop.database.rows('select pg_cancel_backend($1)', [pid])
      const problem = await acted
      expect(problem).toMatchObject({ status: 503, code: 'not_ready' })
      expect(JSON.stringify(problem)).not.toMatch(/cancel|statement|commit|lock|trigger/i)
    })
    expect(await jobs(names, about)).toBe(before)
    await act()
    expect(await jobs(names, about)).toBe(before + names.length)
  },
)
