import { sql } from 'kysely'
import { timeAgo } from '../db/clock.ts'
import type { Db } from '../db/database.ts'
import { queues } from './register.ts'

/** Whether a job has been due for so long, and no server has taken it. */
export async function hasBacklog(db: Db, ms: number): Promise<boolean> {
  const names = Object.keys(queues)
  const { rows } = await sql<{ waits: boolean }>`
    select exists (
      select from unnest(${names}::text[]) as queue (name) where exists (
        select from pgboss.job
        where job.name = queue.name and state in ('created', 'retry') and not blocked
          and start_after <= ${timeAgo(ms)}
      )
    ) as waits`.execute(db)
  return rows[0]?.waits === true
}
