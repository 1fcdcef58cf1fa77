import type { AdyenCall } from '../db/rows.ts'

/** Every kind of work done outside a request, and the data of one job of it. */
export interface JobData {
  'expire-order': { readonly orderId: string }
  'retry-webhook': { readonly webhookId: number }
  'make-call': AdyenCall
  'abandon-payment': { readonly paymentId: string }
  'retry-abandoned-calls': Record<string, never>
  'delete-expired': Record<string, never>
  'send-paid-message': { readonly paymentId: string }
  'upload-shipping': { readonly shipmentId: string }
}

export type JobName = keyof JobData

/** Jobs that need configuration: without it they are not enqueued. */
export type OptionalJob = 'send-paid-message'

/**
 * A failed job is retried after 2 s, 4 s, 8 s and so on up to five minutes, fifty times. A batch
 * that takes longer than `expireInSeconds`, or whose server died, is given to another server whole.
 */
const queue = {
  retryLimit: 50,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 300,
  expireInSeconds: 60,
}
/**
 * Five jobs in one fetch, done one after the other, and the next five immediately while there are
 * more. Five, because each may wait for a lock as long as a statement may take, and the batch must
 * be done before it expires.
 */
const inBatches = { batchSize: 5, burstWhenBatchFull: true, localConcurrency: 1 }
/** Each job waits for Adyen or WeChat, so several run side by side; each worker costs a poll. */
const sideBySide = { batchSize: 1, burstWhenBatchFull: false, localConcurrency: 4 }

/** How each kind of job is queued and worked on. `short`: one waiting job for each key. */
export const queues = {
  'expire-order': { queue, policy: 'standard', work: inBatches },
  'retry-webhook': { queue, policy: 'standard', work: inBatches },
  'make-call': { queue, policy: 'short', work: sideBySide },
  'abandon-payment': { queue, policy: 'standard', work: inBatches },
  'retry-abandoned-calls': { queue, policy: 'standard', work: inBatches },
  'delete-expired': { queue, policy: 'standard', work: inBatches },
  'send-paid-message': { queue, policy: 'standard', work: sideBySide },
  'upload-shipping': { queue, policy: 'standard', work: sideBySide },
} as const satisfies Record<JobName, object>

/** Queues of earlier releases under their new names: their waiting jobs move there at the start. */
export const renamedQueues = {
  'give-up-payment': 'abandon-payment',
  'find-lost-calls': 'retry-abandoned-calls',
} as const satisfies Record<string, JobName>

/** When jobs start by the clock, as cron expressions in UTC. */
export const schedules = {
  'retry-abandoned-calls': '* * * * *',
  'delete-expired': '17 3 * * *',
} as const satisfies Partial<Record<JobName, string>>
