import { timeAgo } from '../db/clock.ts'
import type { Db } from '../db/database.ts'
import { openStatuses } from './transition.ts'

/** How long after its start the cashier of an ended attempt is forgotten. */
const KEPT_MS = 24 * 3_600_000
/** How many payments one statement changes, so that none takes long. */
const SLICE_SIZE = 1_000

/**
 * Forgets what opened the cashiers of yesterday's attempts, and the paymentData of the calls about
 * them, so that a copy of the database does not hold them: a prepay_id lives two hours, and no call
 * about these attempts is unanswered.
 */
export async function forgetCashiers(db: Db): Promise<void> {
  const forgetSlice = db
    .updateTable('payments')
    .set({ wx_parameters: null, payment_data: null })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('payments as old')
        .select('old.id')
        .where((old) => old.or([old('wx_parameters', 'is not', null), old('payment_data', 'is not', null)]))
        .where('old.created_at', '<', timeAgo(KEPT_MS))
        .where('old.status', 'not in', openStatuses)
        .where((call) =>
          call.not(
            call.exists(
              call
                .selectFrom('adyen_calls')
                .select('payment_id')
                .whereRef('payment_id', '=', 'old.id')
                .where('answered_at', 'is', null),
            ),
          ),
        )
        .limit(SLICE_SIZE),
    )
  let changed: bigint
  do changed = (await forgetSlice.executeTakeFirst()).numUpdatedRows
  while (changed === BigInt(SLICE_SIZE))
}
