import { isUnderWay, type Order } from '@tael/contracts'
import type { OrderState } from '../texts/keys.ts'

export function orderState(order: Order): OrderState {
  const { status, payment, refunds } = order
  if (status !== 'paid') return payment?.outcome.nextAction === 'wait' ? 'confirming' : status
  // Refunds of surplus do not concern the goods.
  const ofGoods = refunds.filter(({ reason }) => reason === 'merchant')
  if (ofGoods.some(isUnderWay)) return 'refunding'
  const returned = ofGoods
    .filter((refund) => refund.status === 'refunded')
    .reduce((sum, { amount }) => sum + amount.value, 0)
  if (returned >= order.amount.value) return 'refunded'
  if (ofGoods[ofGoods.length - 1]?.status === 'failed') return 'refund_failed'
  if (returned > 0) return 'partly_refunded'
  return order.refundRequestedAt === null ? 'paid' : 'refund_requested'
}
