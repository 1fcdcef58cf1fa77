import { channel } from 'node:diagnostics_channel'

/**
 * The moments between two writes of which the first must not be lost: where a process may die and another one must be
 * able to go on. Of a call to Adyen: its key is stored (intended), Adyen has answered, the answer is written down.
 */
export const steps = [
  'login exchanged',
  'order created',
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
] as const

export type Step = (typeof steps)[number]

const announced = channel('tael:step')

/**
 * Announces a step on the diagnostics channel `tael:step`. Nothing listens in production; a test kills the process
 * there.
 */
export function reached(step: Step): void {
  if (announced.hasSubscribers) announced.publish(step)
}
