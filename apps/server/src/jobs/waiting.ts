import { sql } from 'kysely'
import type { Db, Trx } from '../db/database.ts'
import { type JobName, queues } from './register.ts'

/** The jobs of one kind that could run and do not yet. */
export interface WaitingJobs {
  readonly name: string
  readonly waiting: number
  /** Since when the oldest of them has been waiting. */
  readonly since: Date
}

/** The kinds of jobs that wait to run, the one that has waited longest first. */
export async function findWaitingJobs(trx: Trx): Promise<WaitingJobs[]> {
  const { rows } = await sql<WaitingJobs>`
    select name, waiting, since from unnest(${Object.keys(queues)}::text[]) as queue (name) cross join lateral (
      select count(*)::int as waiting, min(start_after) as since from pgboss.job
      where job.name = queue.name and state in ('created', 'retry') and not blocked and start_after <= now()
    ) as due where waiting > 0 order by since, name`.execute(trx)
  return rows
}

/** The jobs of one kind that could run, and how many seconds ago the oldest of them could. */
export interface CountedJobs {
  readonly name: JobName
  readonly waiting: number
  readonly age: number
}

/** Every kind of job, with those that wait to run; none is counted beyond `max`. */
export async function countWaitingJobs(db: Db, max: number): Promise<readonly CountedJobs[]> {
  const { rows } = await sql<CountedJobs>`
    select name, waiting, coalesce(greatest(0, extract(epoch from now() - since)), 0)::float8 as age
    from unnest(${Object.keys(queues)}::text[]) as queue (name) cross join lateral (
      select count(*)::int as waiting, min(start_after) as since from (
        select start_after from pgboss.job
        where job.name = queue.name and state in ('created', 'retry') and not blocked and start_after <= now()
        order by start_after limit ${max}
      ) as due
    ) as counted`.execute(db)
  return rows
}
