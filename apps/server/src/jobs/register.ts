import type { AdyenCall } from '../db/rows.ts'

/** Every kind of job, and the data of one; `../job-handlers.ts` has what each does. */
export interface JobData {
  'expire-order': { readonly orderId: string }
  'retry-webhook': { readonly webhookId: number }
  'make-call': AdyenCall
  'make-refund': AdyenCall
  'abandon-payment': { readonly paymentId: string }
  'retry-abandoned-calls': Record<string, never>
  'delete-expired': Record<string, never>
  'apply-retention': Record<string, never>
  'send-paid-message': { readonly paymentId: string }
  'upload-shipping': { readonly shipmentId: string }
  /** `tries`: how often the event had been tried when it was enqueued. */
  'deliver-event': { readonly eventId: string; readonly tries: number }
  'fetch-report': { readonly webhookId: number }
  watch: Record<string, never>
  /** `tries`: how often it had been tried when it was enqueued. */
  'send-notification': { readonly notificationId: number; readonly tries: number }
}

export type JobName = keyof JobData

/** Jobs that need configuration: a server without it neither enqueues nor takes them. */
export type OptionalJob = 'send-paid-message' | 'deliver-event' | 'fetch-report'

/**
 * A failed job is retried after 2 s, 4 s, 8 s and so on, each up to twice as long by chance, at most
 * five minutes, fifty times. A batch that takes longer than `expireInSeconds`, or whose server died,
 * goes to another server whole.
 */
const queue = {
  retryLimit: 50,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 300,
  expireInSeconds: 60,
}
/**
 * Five jobs in one fetch, run one after the other, and the next five immediately while there are
 * more. No more than five: each may wait for a lock as long as a statement may take, and the batch
 * must end before it expires.
 */
const inBatches = { batchSize: 5, burstWhenBatchFull: true, workers: 1 }
/** Each job waits for Adyen, WeChat or another server, so several workers run in parallel, each one job. */
const inParallel = { batchSize: 1, burstWhenBatchFull: false, workers: 4 }

/** How each kind of job is queued and run. `short`: at most one waiting job for each key. */
export const queues = {
  'expire-order': { queue, policy: 'standard', work: inBatches },
  'retry-webhook': { queue, policy: 'standard', work: inBatches },
  'make-call': { queue, policy: 'short', work: inParallel },
  // Apart from the other calls, of which shoppers can cause any number.
  'make-refund': { queue, policy: 'short', work: { ...inParallel, workers: 2 } },
  'abandon-payment': { queue, policy: 'standard', work: inBatches },
  'retry-abandoned-calls': { queue, policy: 'standard', work: inBatches },
  'delete-expired': { queue, policy: 'standard', work: inBatches },
  // A first run has years to go through, slice by slice.
  'apply-retention': {
    queue: { ...queue, expireInSeconds: 1800 },
    policy: 'short',
    work: { ...inParallel, workers: 1 },
  },
  'send-paid-message': { queue, policy: 'standard', work: inParallel },
  'upload-shipping': { queue, policy: 'standard', work: inParallel },
  'deliver-event': { queue, policy: 'standard', work: inParallel },
  // A large report takes minutes to download and compare.
  'fetch-report': {
    queue: { ...queue, expireInSeconds: 600 },
    policy: 'short',
    work: { ...inParallel, workers: 1 },
  },
  watch: { queue, policy: 'short', work: { ...inParallel, workers: 1 } },
  'send-notification': { queue, policy: 'short', work: { ...inParallel, workers: 2 } },
} as const satisfies Record<JobName, object>

/** The new names of earlier releases' queues: their waiting jobs are moved on startup. */
export const renamedQueues = {
  'give-up-payment': 'abandon-payment',
  'find-lost-calls': 'retry-abandoned-calls',
} as const satisfies Record<string, JobName>

/** The jobs that run on a schedule, as cron expressions in UTC. */
export const schedules = {
  'retry-abandoned-calls': '* * * * *',
  watch: '* * * * *',
  'delete-expired': '17 3 * * *',
  'apply-retention': '37 3 * * *',
} as const satisfies Partial<Record<JobName, string>>
