import { sql } from 'kysely'
import type { Trx } from '../db/database.ts'
import { queues } from './register.ts'

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
