import { sql } from 'kysely'
import { currentTime } from '../db/clock.ts'
import type { Db } from '../db/database.ts'
import type { CountedService } from '../db/tables.ts'

/** How often the counts are added to the database. A process that dies loses those of this time. */
const ADD_MS = 2_000

/** Counts the calls of this server to another service, so that all servers know how many failed. */
export interface CallCounter {
  count(service: CountedService, failed: boolean): void
  /** Adds what was counted last. */
  close(): Promise<void>
}

interface Count {
  readonly made: number
  readonly failed: number
}

/** Adds counts to the database in the background: no call waits for it. */
export function createCallCounter(db: Db, onError: (error: unknown) => void): CallCounter {
  const counts = new Map<CountedService, Count>()
  const add = (service: CountedService, { made, failed }: Count): void => {
    const before = counts.get(service) ?? { made: 0, failed: 0 }
    counts.set(service, { made: before.made + made, failed: before.failed + failed })
  }
  const addToDatabase = async (): Promise<void> => {
    const counted = [...counts]
    counts.clear()
    for (const [service, count] of counted) {
      try {
        await addCount(db, service, count)
      } catch (error) {
        add(service, count)
        onError(error)
      }
    }
  }
  let adding: Promise<void> | undefined
  const timer = setInterval(() => {
    adding ??= addToDatabase().finally(() => {
      adding = undefined
    })
  }, ADD_MS)
  return {
    count: (service, failed) => add(service, { made: 1, failed: failed ? 1 : 0 }),
    async close() {
      clearInterval(timer)
      await adding
      await addToDatabase()
    },
  }
}

async function addCount(db: Db, service: CountedService, { made, failed }: Count): Promise<void> {
  await db
    .insertInto('call_counts')
    .values({ service, minute: sql<Date>`date_trunc('minute', ${currentTime})`, made, failed })
    .onConflict((conflict) =>
      conflict.columns(['service', 'minute']).doUpdateSet((eb) => ({
        made: eb('call_counts.made', '+', made),
        failed: eb('call_counts.failed', '+', failed),
      })),
    )
    .execute()
}
