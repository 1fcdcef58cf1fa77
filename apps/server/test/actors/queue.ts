import type { JobData } from '../../src/jobs/register.ts'
import { until } from '../until.ts'
import type { Database } from './database.ts'

/** The server's jobs. Nothing else in the tests knows how the queue stores them. */
export class Queue {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Enqueues a job as its schedule does, which gives it no data, and waits until it has completed. */
  async runScheduled(name: keyof JobData): Promise<void> {
    const { id } = await this.#database.row(
      'insert into pgboss.job (name, data) values ($1, null) returning id',
      [name],
    )
    await until(
      async () => (await this.#database.count('pgboss.job', `id = $1 and state = 'completed'`, [id])) === 1,
    )
  }

  /** Enqueues a job to run now. */
  async enqueue<N extends keyof JobData>(name: N, data: JobData[N]): Promise<void> {
    await this.#database.rows('insert into pgboss.job (name, data) values ($1, $2)', [name, data])
  }

  /** Lets the waiting jobs of a name with this data start before their time. */
  async startEarly<N extends keyof JobData>(name: N, data: Partial<JobData[N]>): Promise<void> {
    await this.#database.rows(
      `update pgboss.job set start_after = now() where name = $1 and data @> $2 and state = 'created'`,
      [name, data],
    )
  }

  /** Loses the waiting jobs of a name with this data. */
  async lose<N extends keyof JobData>(name: N, data: Partial<JobData[N]>): Promise<void> {
    await this.#database.rows(
      `delete from pgboss.job where name = $1 and data @> $2 and state in ('created', 'retry')`,
      [name, data],
    )
  }

  /** How many jobs of a name with this data are waiting, or running. */
  waiting<N extends keyof JobData>(name: N, data: Partial<JobData[N]> = {}): Promise<number> {
    return this.#count(name, data, ['created', 'retry', 'active'])
  }

  /** How many ran to their end without an error. */
  completed<N extends keyof JobData>(name: N, data: Partial<JobData[N]> = {}): Promise<number> {
    return this.#count(name, data, ['completed'])
  }

  /** How many there are in whatever state. */
  everEnqueued<N extends keyof JobData>(name: N, data: Partial<JobData[N]> = {}): Promise<number> {
    return this.#database.count('pgboss.job', 'name = $1 and data @> $2', [name, data])
  }

  /** The longest pause, in seconds, that a job of a name with this data was enqueued with; 0 where there is none. */
  async longestPause<N extends keyof JobData>(name: N, data: Partial<JobData[N]>): Promise<number> {
    const { seconds } = await this.#database.row(
      `select coalesce(max(extract(epoch from start_after - created_on)), 0)::float8 as seconds
       from pgboss.job where name = $1 and data @> $2`,
      [name, data],
    )
    return Number(seconds)
  }

  async waitUntilEmpty<N extends keyof JobData>(
    name: N,
    data: Partial<JobData[N]> = {},
    timeoutMs?: number,
  ): Promise<void> {
    await until(
      async () => (await this.waiting(name, data)) === 0,
      timeoutMs === undefined ? {} : { timeoutMs },
    )
  }

  /** Waits until this many have completed. */
  async waitUntilCompleted<N extends keyof JobData>(
    name: N,
    data: Partial<JobData[N]>,
    count = 1,
  ): Promise<void> {
    await until(async () => (await this.completed(name, data)) >= count)
  }

  /** Runs no more jobs of a name by its schedule, until a server starts. */
  async unschedule(name: keyof JobData): Promise<void> {
    await this.#database.rows('delete from pgboss.schedule where name = $1', [name])
  }

  /** The time of the running jobs is over, as when their server is long dead. */
  async expireRunning(): Promise<void> {
    await this.#database.rows(
      "update pgboss.job set started_on = started_on - interval '1 hour' where state = 'active'",
    )
  }

  /** Moves every waiting job's time forward: for the clock. */
  async bringForward(seconds: number): Promise<void> {
    await this.#database.rows(
      `update pgboss.job set start_after = start_after - make_interval(secs => $1)
       where state in ('created', 'retry')`,
      [seconds],
    )
  }

  #count(name: keyof JobData, data: object, states: readonly string[]): Promise<number> {
    return this.#database.count('pgboss.job', 'name = $1 and data @> $2 and state::text = any($3)', [
      name,
      data,
      states,
    ])
  }
}
