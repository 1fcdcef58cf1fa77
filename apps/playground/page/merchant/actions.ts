import { type Amount, formatAmount, operatorRoutes, type OperatorPayment } from '@tael/contracts'
import { callAsOperator } from './server.ts'

/** Something that the merchant does on the server. */
export interface Action {
  readonly label: string
  readonly run: () => Promise<unknown>
}

export type Perform = (action: Action) => void

/** What the merchant ships. */
const SHIPMENT = {
  logisticsType: 'express',
  carrier: 'YTO',
  trackingNo: 'YT2026112600001',
  items: 'Tea',
} as const

/** The whole and a tenth of what can still be refunded; undefined if nothing can. */
export function refundsOf({ refundable }: OperatorPayment): { all: Amount; part: Amount } | undefined {
  if (refundable === null || refundable.value === 0) return undefined
  return { all: refundable, part: { ...refundable, value: Math.ceil(refundable.value / 10) } }
}

export function refundAction({ id }: OperatorPayment, amount: Amount): Action {
  return {
    label: `refund ${formatAmount(amount)}`,
    run: () =>
      callAsOperator(operatorRoutes.createRefund, {
        params: { paymentId: id },
        body: { amount, reason: 'goodwill' },
        idempotencyKey: crypto.randomUUID(),
      }),
  }
}

export function shipAction({ orderId }: OperatorPayment): Action {
  return {
    label: `ship ${orderId}`,
    run: () =>
      callAsOperator(operatorRoutes.createShipment, {
        params: { orderId },
        body: SHIPMENT,
        idempotencyKey: crypto.randomUUID(),
      }),
  }
}
