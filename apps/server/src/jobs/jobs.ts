import type { FastifyBaseLogger } from 'fastify'
import type pg from 'pg'
import { fromKysely, type JobResult, PgBoss } from 'pg-boss'
import type { Db, Trx } from '../db/database.ts'
import type { AdyenCall } from '../calls/calls.ts'

/** The work done outside a request, and what each piece of it needs to know. */
export interface JobData {
  'expire-order': { readonly orderId: string }
  'retry-webhook': { readonly webhookId: number }
  'make-call': AdyenCall
  'give-up-payment': { readonly paymentId: string }
  'find-lost-calls': Record<string, never>
  'delete-expired': Record<string, never>
  'send-paid-message': { readonly paymentId: string }
  'upload-shipping': { readonly shipmentId: string }
}

/** Jobs that only a shop has which is set up for them. */
export type OptionalJob = 'send-paid-message'

export type JobHandlers = { readonly [name in keyof JobData]: (data: JobData[name]) => Promise<void> }

/** Enqueues work on PostgreSQL. */
export interface JobQueue {
  /**
   * Enqueues a job for a time, with the caller's transaction: both happen or neither. Where the queue holds one job a
   * key, a job whose key waits already is not enqueued again. An optional job that the shop is not set up for is not
   * enqueued at all, and costs nothing.
   */
  send<N extends keyof JobData>(trx: Trx, name: N, data: JobData[N], at: Date, key?: string): Promise<void>
}

/** Jobs on PostgreSQL: each is done once, by whichever server takes it, and again after a failure. */
export interface Jobs extends JobQueue {
  /** Starts to work. */
  work(handlers: JobHandlers): Promise<void>
  /** Lets what runs come to its end. */
  stop(): Promise<void>
}

const POLL_SECONDS = 1
const STOP_MS = 20_000
const MINUTELY = '* * * * *'
const DAILY = '17 3 * * *'

/** A failed job is tried again after 2 s, 4 s, 8 s and so on up to five minutes, fifty times. */
const retries = {
  retryLimit: 50,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 300,
  // A job whose server died is taken up by another after this long; none takes half of it.
  expireInSeconds: 60,
}
/** One after the other, fifty at a time, and the next fifty at once while there are more. */
const inBulk = { batchSize: 50, burstWhenBatchFull: true }
/** Each job waits for Adyen or WeChat, so several run side by side; each of them costs the database a poll. */
const sideBySide = { batchSize: 1, localConcurrency: 4 }

/** How each kind of job is queued and worked on. `short`: of jobs with one key only one waits at a time. */
const queues = {
  'expire-order': { queue: retries, work: inBulk },
  'retry-webhook': { queue: retries, work: inBulk },
  'make-call': { queue: { ...retries, policy: 'short' }, work: sideBySide },
  'give-up-payment': { queue: retries, work: inBulk },
  'find-lost-calls': { queue: retries, work: inBulk },
  'delete-expired': { queue: retries, work: inBulk },
  'send-paid-message': { queue: retries, work: sideBySide },
  'upload-shipping': { queue: retries, work: sideBySide },
} as const satisfies Record<keyof JobData, object>

/**
 * Enqueues jobs for servers to do, and does none: for a command, beside servers that run or will. What a command makes
 * good is of the past: nobody is written to about it.
 */
export async function createJobQueue(db: Db): Promise<JobQueue & { stop(): Promise<void> }> {
  const boss = new PgBoss({ db: fromKysely(db), migrate: false, supervise: false, schedule: false })
  await boss.start()
  return {
    send: sendBy(boss, ['send-paid-message']),
    stop: () => boss.stop({ close: false, graceful: false }),
  }
}

function sendBy(boss: PgBoss, without: readonly OptionalJob[]): JobQueue['send'] {
  const unwanted = new Set<keyof JobData>(without)
  return async (trx, name, data, at, key) => {
    if (unwanted.has(name)) return
    const singleton = key === undefined ? {} : { singletonKey: key }
    await boss.send(name, data, { startAfter: at, db: fromKysely(trx), ...singleton })
  }
}

/** Sets up pg-boss on the server's own pool, without the jobs that this shop is not set up for. */
export async function createJobs(
  pool: pg.Pool,
  log: FastifyBaseLogger,
  without: readonly OptionalJob[],
): Promise<Jobs> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values === undefined ? undefined : [...values]) },
  })
  boss.on('error', (error) => log.error({ err: error }, 'job queue'))
  await boss.start()
  for (const [name, { queue }] of Object.entries(queues)) await boss.createQueue(name, queue)

  async function workOn<N extends keyof JobData>(name: N, handler: JobHandlers[N]): Promise<void> {
    const options = {
      ...queues[name].work,
      pollingIntervalSeconds: POLL_SECONDS,
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
    send: sendBy(boss, without),
    async work(handlers) {
      await workOn('expire-order', handlers['expire-order'])
      await workOn('retry-webhook', handlers['retry-webhook'])
      await workOn('make-call', handlers['make-call'])
      await workOn('give-up-payment', handlers['give-up-payment'])
      await workOn('find-lost-calls', handlers['find-lost-calls'])
      await workOn('delete-expired', handlers['delete-expired'])
      await workOn('send-paid-message', handlers['send-paid-message'])
      await workOn('upload-shipping', handlers['upload-shipping'])
      await boss.schedule('find-lost-calls', MINUTELY)
      await boss.schedule('delete-expired', DAILY)
      // What another process left behind is not left for a minute more.
      await boss.send('find-lost-calls', {})
    },
    stop: () => boss.stop({ close: false, graceful: true, timeout: STOP_MS }),
  }
}
