import { makeQueuedCall } from './adyen/make-call.ts'
import type { Context } from './context.ts'
import { deleteExpired } from './db/delete-expired.ts'
import type { JobHandlers } from './jobs/workers.ts'
import { forgetCashiers } from './ledger/forget-cashiers.ts'
import { endOldCalls, enqueueAbandonedCalls } from './ledger/retry-calls.ts'
import { deliverEvent } from './merchant/deliver-event.ts'
import { sendPaidMessage } from './messages/send-paid-message.ts'
import { sendNotification } from './notifications/send.ts'
import { watch } from './notifications/watch.ts'
import { applyRetention } from './privacy/retain.ts'
import { expireOrder } from './orders/expire.ts'
import { abandonPayment } from './payments/abandon.ts'
import { abandonRefunds } from './refunds/abandon.ts'
import { fetchReport } from './settlement/fetch-report.ts'
import { uploadShipping } from './shipping/upload.ts'
import { retryItem } from './webhooks/inbox.ts'

/** What each job of `jobs/register.ts` does. */
export function createHandlers(context: Context): JobHandlers {
  const { db, jobs } = context
  return {
    'expire-order': ({ orderId }) => expireOrder(context, orderId),
    'retry-webhook': ({ webhookId }) => retryItem(context, webhookId),
    'make-call': (call) => makeQueuedCall(context, call),
    'make-refund': (call) => makeQueuedCall(context, call),
    'abandon-payment': ({ paymentId }) => abandonPayment(context, paymentId),
    'retry-abandoned-calls': async () => {
      await enqueueAbandonedCalls(db, jobs)
      await abandonRefunds(context)
      await endOldCalls(db)
    },
    'delete-expired': async () => {
      await forgetCashiers(db)
      await deleteExpired(db, context.config.retention)
    },
    'apply-retention': () => applyRetention(context),
    'send-paid-message': ({ paymentId }) => sendPaidMessage(context, paymentId),
    'upload-shipping': ({ shipmentId }) => uploadShipping(context, shipmentId),
    'deliver-event': (data) => deliverEvent(context, data),
    'fetch-report': (data) => fetchReport(context, data),
    watch: () => watch(context),
    'send-notification': (data) => sendNotification(context, data),
  }
}
