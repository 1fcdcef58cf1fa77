import type { Trx } from '../db/database.ts'
import type { AdyenCall } from '../db/rows.ts'
import type { EventSource } from '../db/tables.ts'
import type { JobQueue } from '../jobs/queue.ts'

/** A transaction, and the queue whose jobs are enqueued in it: both happen or neither. */
export interface UnitOfWork {
  readonly trx: Trx
  readonly jobs: JobQueue
}

/**
 * Who caused an event. Adyen's answer names the call that it ends. A webhook's cause names its stored
 * item. A replayed item records an event only where that changes something.
 */
export type Cause =
  | { readonly source: Exclude<EventSource, 'webhook'>; readonly answered?: AdyenCall }
  | {
      readonly source: 'webhook'
      readonly webhookId: number
      readonly replayed: boolean
    }
