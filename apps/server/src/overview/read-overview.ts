import type { Overview, OverviewQuery } from '@tael/contracts'
import { countAttention } from '../attention/list.ts'
import { currentTime } from '../db/clock.ts'
import type { Db } from '../db/database.ts'
import { inSnapshot } from '../db/transaction.ts'
import { findWaitingJobs } from '../jobs/waiting.ts'
import { findOldest, findStuckPayments, measureWebhooks } from './health.ts'
import { readPeriod } from './period.ts'
import { readSales } from './sales.ts'

/** How the shop does: its sales in the intervals of a period, and what waits now, read in one snapshot. */
export async function readOverview(db: Db, query: OverviewQuery): Promise<Overview> {
  return inSnapshot(db, async (trx) => {
    const { now } = await trx.selectNoFrom(currentTime.as('now')).executeTakeFirstOrThrow()
    const period = readPeriod(query, now)
    const oldest = await findOldest(trx)
    const lag = await measureWebhooks(trx)
    const jobs = await findWaitingJobs(trx)
    return {
      interval: period.interval,
      buckets: await readSales(trx, period),
      stuck: await findStuckPayments(trx),
      oldest: {
        unknownPayment: oldest.unknown_payment?.toISOString() ?? null,
        unappliedWebhook: oldest.unapplied_webhook?.toISOString() ?? null,
        waitingJob: jobs[0]?.since.toISOString() ?? null,
      },
      attention: (await countAttention(trx)).counts,
      webhooks: {
        newest: oldest.newest_webhook?.toISOString() ?? null,
        deliveryMs: lag.delivery,
        applyMs: lag.apply,
      },
      jobs: jobs.map(({ since, ...kind }) => ({ ...kind, since: since.toISOString() })),
    }
  })
}
