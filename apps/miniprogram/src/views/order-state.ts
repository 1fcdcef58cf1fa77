import { isUnderWay, type Amount, type Order } from '@tael/contracts'
import type { OrderState } from '../texts/keys.ts'

export function orderState(order: Order): OrderState {
  const { status, payment } = order
  if (status !== 'paid') return payment?.outcome.nextAction === 'wait' ? 'confirming' : status
  const ofGoods = refundsOfGoods(order)
  if (ofGoods.some(isUnderWay)) return 'refunding'
  const { value } = returnedAmount(order)
  if (value >= order.amount.value) return 'refunded'
  if (ofGoods[ofGoods.length - 1]?.status === 'failed') return 'refund_failed'
  if (value > 0) return 'partly_refunded'
  if (order.refundDecline !== null) return 'refund_declined'
  if (order.refundRequestedAt !== null) return 'refund_requested'
  return order.shipment === null ? 'paid' : 'shipped'
}

/** What was returned of the money for the goods. */
export function returnedAmount(order: Order): Amount {
  const returned = refundsOfGoods(order).filter(({ status }) => status === 'refunded')
  return { ...order.amount, value: returned.reduce((sum, { amount }) => sum + amount.value, 0) }
}

/** Refunds of surplus do not concern the goods. */
function refundsOfGoods({ refunds }: Order): Order['refunds'] {
  return refunds.filter(({ reason }) => reason === 'merchant')
}
