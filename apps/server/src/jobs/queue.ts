import { isDeepStrictEqual } from 'node:util'
import type { FastifyBaseLogger } from 'fastify'
import { CompiledQuery } from 'kysely'
import pLimit from 'p-limit'
import type pg from 'pg'
import { fromKysely, PgBoss } from 'pg-boss'
import { classifyError } from '../db/availability.ts'
import type { Db, Trx } from '../db/database.ts'
import { inOneFlight, type Query } from '../db/flight.ts'
import { retryConflicts } from '../db/transaction.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { currentTrace } from '../traces/spans.ts'
import { type JobData, type JobName, type OptionalJob, queues, renamedQueues, schedules } from './register.ts'
import { type JobHandlers, Workers } from './workers.ts'

/** Enqueues jobs on PostgreSQL. */
export interface JobQueue {
  /**
   * Enqueues a job in the caller's transaction, to run after a delay: both happen or neither. Where
   * the queue holds one job for each key, a second one with a waiting key is not enqueued. An
   * optional job without its configuration is not enqueued.
   */
  send<N extends JobName>(trx: Trx, name: N, data: JobData[N], delayMs?: number, key?: string): Promise<void>
  /** The statements of `send`: one, or none. */
  toSend<N extends JobName>(
    name: N,
    data: JobData[N],
    delayMs?: number,
    key?: string,
  ): Promise<Query<unknown>[]>
}

/** Jobs on PostgreSQL: any server may run each, and retries it after a failure. */
export interface Jobs extends JobQueue {
  /** Creates or updates the queue's own tables. Repeatable, and before anything else. */
  prepare(): Promise<void>
  /** Starts to fetch and run jobs. */
  work(handlers: JobHandlers, metrics: Metrics): Promise<void>
  /** Whether the workers have fetched jobs lately, or are still running those they fetched. */
  readonly areTaken: () => boolean
  /** Stops fetching immediately, and waits for the running jobs up to a bound. */
  stop(): Promise<void>
}

/** Workers may fetch all at once: the bound on the connections of the pool that the queue itself uses. */
const CONNECTIONS_MAX = 4
/** Longer than a call to Adyen, shorter than the process may take to stop. */
const STOP_MS = 15_000

/**
 * Enqueues jobs and runs none: for a command, whose jobs the servers run. A command repairs the
 * past, so it sends shoppers no messages.
 */
export async function createJobQueue(db: Db): Promise<JobQueue & { stop(): Promise<void> }> {
  const boss = new PgBoss({ db: fromKysely(db), migrate: false, supervise: false, schedule: false })
  await boss.start()
  return {
    ...sendBy(boss, ['send-paid-message']),
    stop: () => boss.stop({ close: false, graceful: false }),
  }
}

function sendBy(boss: PgBoss, without: readonly OptionalJob[]): JobQueue {
  const unwanted = new Set<JobName>(without)
  const toSend: JobQueue['toSend'] = async (name, data, delayMs = 0, key) => {
    if (unwanted.has(name)) return []
    const singleton = key === undefined ? {} : { singletonKey: key }
    const traceparent = currentTrace()
    const statements: CompiledQuery[] = []
    await boss.send(name, traceparent === undefined ? data : { ...data, traceparent }, {
      // In seconds, which PostgreSQL adds to its own time.
      startAfter: delayMs / 1000,
      db: {
        // Whoever sends the job runs it; what it returns is of no use to anybody.
        executeSql: async (text, values = []) => {
          statements.push(CompiledQuery.raw(text, [...values]))
          return { rows: [{}] }
        },
      },
      ...singleton,
    })
    return statements.map((statement) => ({ compile: () => statement }))
  }
  return {
    toSend,
    async send(trx, ...job) {
      await inOneFlight(trx, ...(await toSend(...job)))
    },
  }
}

/** pg-boss on the server's own pool, except for the jobs that are not configured. */
export function createJobs(pool: pg.Pool, log: FastifyBaseLogger, without: readonly OptionalJob[]): Jobs {
  const limit = pLimit(CONNECTIONS_MAX)
  const execute = async <R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => {
    try {
      return await pool.query<R>(text, values === undefined ? undefined : [...values])
    } catch (error) {
      throw classifyError(error)
    }
  }
  const boss = new PgBoss({
    db: {
      executeSql: (text, values) => limit(() => retryConflicts(() => execute(text, values))),
    },
  })
  boss.on('error', (error) => log.error({ err: error }, 'the job queue reported an error'))

  const workers = new Workers(boss, log)

  return {
    ...sendBy(boss, without),
    async prepare() {
      await boss.start()
      const existing = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]))
      for (const [name, { queue, policy }] of Object.entries(queues)) {
        const before = existing.get(name)
        if (before === undefined) await boss.createQueue(name, { ...queue, policy })
        // It keeps the settings of the release that created it.
        else if (!isDeepStrictEqual({ ...before, ...queue }, before)) await boss.updateQueue(name, queue)
      }
      for (const [before, name] of Object.entries(renamedQueues))
        if (existing.has(before)) await moveJobs(boss, pool, before, name)
    },
    async work(handlers, metrics) {
      await workers.start(
        handlers,
        metrics,
        without,
        async (text, values) => (await execute<{ name: JobName }>(text, values)).rows,
      )
      for (const [name, cron] of Object.entries(schedules)) await boss.schedule(name, cron)
      // Calls that a stopped process abandoned are retried now, not within a minute.
      await boss.send('retry-abandoned-calls', {})
    },
    areTaken: () => workers.areFetching(),
    async stop() {
      await Promise.all([workers.stop(), boss.stop({ close: false, graceful: true, timeout: STOP_MS })])
    },
  }
}

/** Moves the waiting jobs of a queue that had another name in an earlier release. */
async function moveJobs(boss: PgBoss, pool: pg.Pool, before: string, name: JobName): Promise<void> {
  await boss.unschedule(before)
  const move = `update pgboss.job set name = $2 where name = $1 and state in ('created', 'retry')`
  await pool.query(move, [before, name])
}
