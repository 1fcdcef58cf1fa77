import { channel } from 'node:diagnostics_channel'

/**
 * The moments at which a process may die and another must be able to continue. Of a call to Adyen:
 * its key is committed (intended), Adyen has answered, the answer is recorded (settled).
 */
export const steps = [
  'login exchanged',
  'order created',
  'merchant order placed',
  'payments intended',
  'payments answered',
  'payments settled',
  'payments/details intended',
  'payments/details answered',
  'payments/details settled',
  'webhook stored',
  'order expired',
  'order cancelled',
  'cancels answered',
  'cancels settled',
  'refunds intended',
  'refunds answered',
  'refunds settled',
  'event delivered',
] as const

/** The same of notifications, of which a payment causes none. */
export const notificationSteps = ['notifications written', 'notification sent'] as const

/** The same of personal data: a slice past its time is removed; a shopper is nobody any more; orders of theirs are cleared. */
export const privacySteps = ['retention slice', 'erasure begun', 'erasure slice'] as const

export type Step = (typeof steps)[number] | (typeof notificationSteps)[number] | (typeof privacySteps)[number]

const stepChannel = channel('tael:step')

/** Announces a step on the diagnostics channel `tael:step`, where tests kill the process. */
export function announceStep(step: Step): void {
  if (stepChannel.hasSubscribers) stepChannel.publish(step)
}
