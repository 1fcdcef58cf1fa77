import type { RefundReason } from '@tael/contracts'
import type { RefundCause } from '../db/tables.ts'

/** Why money is returned, without who requested it. */
export function toRefundReason(cause: RefundCause): RefundReason {
  return cause === 'surplus' ? 'surplus' : 'merchant'
}
