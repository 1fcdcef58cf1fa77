import { machineRoutes } from '@tael/contracts'
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { Api } from './api.ts'
import { HttpProblem } from './problem.ts'
import { serve } from './routing.ts'
import { version } from './version.ts'

const RETRY_AFTER_SECONDS = 1

/** What the process knows of itself. */
export interface ServerState {
  readonly areJobsTaken: () => boolean
  /** It is about to stop. */
  readonly isDraining: () => boolean
}

/** Whether the process runs, and whether requests should be sent to it. */
export function serveHealth(api: Api, db: Db, { areJobsTaken, isDraining }: ServerState): void {
  api.route({
    ...serve(machineRoutes.live),
    handler: async () => ({ status: 'live' as const, version }),
  })
  api.route({
    ...serve(machineRoutes.ready),
    handler: async () => {
      if (isDraining())
        throw notReady('Send requests to another server: this one is about to stop.', { expected: true })
      if (!(await isWritable(db)))
        throw notReady('Send requests to another server: the database can only be read.')
      if (!areJobsTaken()) throw notReady('Send requests to another server: this one takes no jobs.')
      return { status: 'ready' as const, version }
    },
  })
}

/** False where PostgreSQL follows another server, or was made read-only. */
export async function isWritable(db: Db): Promise<boolean> {
  const setting = sql<{ readonly: string }>`select current_setting('transaction_read_only') as readonly`
  return (await setting.execute(db)).rows[0]?.readonly === 'off'
}

function notReady(detail: string, options: { readonly expected?: boolean } = {}): HttpProblem {
  return new HttpProblem('not_ready', detail, { retryAfterSeconds: RETRY_AFTER_SECONDS }, options)
}
