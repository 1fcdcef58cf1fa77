import type { Order, Payment, Product, Refund } from '@tael/contracts'

export { payment, problem } from '../../../packages/miniprogram-pay/test/samples.ts'

export const tea: Product = {
  id: 'tea',
  name: { 'zh-CN': '龙井茶', en: 'Longjing tea' },
  price: { currency: 'CNY', value: 12_850 },
  available: 8,
}

export const cup: Product = {
  id: 'cup',
  name: { 'zh-CN': '茶杯', en: 'Tea cup' },
  price: { currency: 'CNY', value: 4_501 },
  available: 2,
}

export function order(status: Order['status'], latest: Payment | null): Order {
  return {
    id: 'ord_1',
    status,
    amount: { currency: 'CNY', value: 128_005 },
    description: null,
    lines: [
      {
        productId: 'tea',
        name: tea.name,
        quantity: 2,
        unitPrice: tea.price,
        amount: { currency: 'CNY', value: 25_700 },
      },
    ],
    payment: latest,
    refunds: [],
    refundRequestedAt: null,
    refundDecline: null,
    deliverTo: null,
    shipment: null,
    createdAt: '2026-11-23T08:00:00.000Z',
    expiresAt: '2026-11-23T08:30:00.000Z',
    leftMs: status === 'open' ? 29.5 * 60_000 : null,
    paidAt: status === 'paid' ? '2026-11-23T08:01:00.000Z' : null,
    cancelledAt: status === 'cancelled' ? '2026-11-23T08:02:00.000Z' : null,
  }
}

/** A refund of an order, by default of all of it. */
export function refund(status: Refund['status'], change: Partial<Refund> = {}): Refund {
  return {
    id: 'ref_1',
    amount: { currency: 'CNY', value: 128_005 },
    reason: 'merchant',
    status,
    createdAt: '2026-11-24T08:00:00.000Z',
    updatedAt: '2026-11-24T09:00:00.000Z',
    ...change,
  }
}
