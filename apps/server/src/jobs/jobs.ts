import type { FastifyBaseLogger } from 'fastify'
import type pg from 'pg'
import { fromKysely, type JobResult, PgBoss } from 'pg-boss'
import type { Trx } from '../db/database.ts'

/** The work done outside a request, and what each piece of it needs to know. */
export interface JobData {
  'expire-order': { readonly orderId: string }
  'retry-webhook': { readonly webhookId: number }
  'delete-expired-sessions': Record<string, never>
}

export type JobHandlers = { readonly [name in keyof JobData]: (data: JobData[name]) => Promise<void> }

/** Jobs on PostgreSQL: each is done once, by whichever server takes it, and again after a failure. */
export interface Jobs {
  /** Enqueues a job for a time, with the caller's transaction: both happen or neither. */
  send<N extends keyof JobData>(trx: Trx, name: N, data: JobData[N], at: Date): Promise<void>
  /** Starts to work. */
  work(handlers: JobHandlers): Promise<void>
  /** Lets what runs come to its end. */
  stop(): Promise<void>
}

const POLL_SECONDS = 1
const BATCH_SIZE = 50
const STOP_MS = 10_000
const RETRIES_MAX = 50
const RETRY_SECONDS = 2
const RETRY_SECONDS_MAX = 300
const DAILY = '17 3 * * *'

/** Sets up pg-boss on the server's own pool. */
export async function createJobs(pool: pg.Pool, log: FastifyBaseLogger): Promise<Jobs> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values === undefined ? undefined : [...values]) },
  })
  boss.on('error', (error) => log.error({ err: error }, 'job queue'))
  await boss.start()
  const options = {
    retryLimit: RETRIES_MAX,
    retryDelay: RETRY_SECONDS,
    retryBackoff: true,
    retryDelayMax: RETRY_SECONDS_MAX,
  }
  await Promise.all([
    boss.createQueue('expire-order', options),
    boss.createQueue('retry-webhook', options),
    boss.createQueue('delete-expired-sessions', options),
  ])

  async function workOn<N extends keyof JobData>(name: N, handler: JobHandlers[N]): Promise<void> {
    const options = {
      pollingIntervalSeconds: POLL_SECONDS,
      batchSize: BATCH_SIZE,
      // While there is more than a batch, the next is fetched at once.
      burstWhenBatchFull: true,
      perJobResults: true,
    } as const
    await boss.work<JobData[N], unknown, typeof options>(name, options, async (jobs) => {
      const results: JobResult[] = []
      for (const { id, data } of jobs) results.push({ id, status: await outcomeOf(name, data, handler) })
      return results
    })
  }

  async function outcomeOf<N extends keyof JobData>(
    name: N,
    data: JobData[N],
    handler: JobHandlers[N],
  ): Promise<'completed' | 'failed'> {
    try {
      await handler(data)
      return 'completed'
    } catch (error) {
      log.error({ err: error, job: name, data }, 'job failed; it is tried again')
      return 'failed'
    }
  }

  return {
    async send(trx, name, data, at) {
      await boss.send(name, data, { startAfter: at, db: fromKysely(trx) })
    },
    async work(handlers) {
      await workOn('expire-order', handlers['expire-order'])
      await workOn('retry-webhook', handlers['retry-webhook'])
      await workOn('delete-expired-sessions', handlers['delete-expired-sessions'])
      await boss.schedule('delete-expired-sessions', DAILY)
    },
    stop: () => boss.stop({ close: false, graceful: true, timeout: STOP_MS }),
  }
}
