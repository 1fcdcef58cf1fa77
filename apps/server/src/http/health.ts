import { machineRoutes } from '@tael/contracts'
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { Api } from './api.ts'
import { HttpProblem } from './problem.ts'
import { serve } from './routing.ts'

/** Health: whether a load balancer may send requests here. */
export function serveHealth(api: Api, db: Db): void {
  api.route({
    ...serve(machineRoutes.health),
    handler: async () => {
      await sql`select 1`.execute(db).catch((cause: unknown) => {
        const extras = { retryAfterSeconds: 1 }
        throw new HttpProblem('not_ready', 'Try again in a moment: the database does not answer.', extras, {
          cause,
        })
      })
      return { status: 'ok' as const }
    },
  })
}
