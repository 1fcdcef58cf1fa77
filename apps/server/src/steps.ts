import { channel } from 'node:diagnostics_channel'
import type { AdyenOperation } from './db/tables.ts'

/**
 * The moments between two writes of which the first must not be lost: where a process may die and another one must be
 * able to go on. Each is announced on the diagnostics channel `tael:step`; nothing listens in production, and a test
 * kills the process there.
 */
export type Step =
  | `${AdyenOperation} ${'intended' | 'answered' | 'settled'}`
  | 'order created'
  | 'order expired'
  | 'order cancelled'
  | 'webhook stored'
  | 'login exchanged'

const steps = channel('tael:step')

/** Announces a step. */
export function reached(step: Step): void {
  if (steps.hasSubscribers) steps.publish(step)
}
