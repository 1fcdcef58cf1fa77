import type { Order, OrderList } from '@tael/contracts'
import { afterEach, expect, test, vi } from 'vitest'
import { type Answer, answerOf, openPhone } from '../../../packages/miniprogram-pay/test/phone.ts'
import { order, payment } from './samples.ts'

/** The shop's exports that this test uses. Their types need WeChat's globals, not Node's. */
interface Orders {
  getOrder(orderId: string): Promise<Order>
  listOrders(count: number): Promise<OrderList>
  knownOrder(orderId: string): Order | undefined
  requestRefund(orderId: string): Promise<Order>
}

afterEach(() => {
  vi.unstubAllGlobals()
})

const paid = order('paid', payment('authorised'))
const requested = { ...paid, refundRequestedAt: '2026-11-23T09:00:00.000Z' }

interface Reading {
  readonly request: string
  read(orders: Orders): Promise<unknown>
  /** What the server answers with this order. */
  answer(order: Order): unknown
}

test.for<Reading>([
  {
    request: `GET /orders/${paid.id}`,
    read: (orders) => orders.getOrder(paid.id),
    answer: (order) => order,
  },
  {
    request: 'GET /orders',
    read: (orders) => orders.listOrders(1),
    answer: (order) => ({ orders: [order], next: null }),
  },
])('an order read by $request before it changed does not come back as it was', async (reading) => {
  const phone = openPhone()
  const orders: Orders = await import(new URL('../src/services/orders.ts', import.meta.url).href)
  const early = Promise.withResolvers<Answer>()
  const answers = [early.promise, answerOf(200, reading.answer(requested))]
  phone.answer = (call) =>
    call.split('?')[0] === reading.request ? (answers.shift() ?? 'lost') : answerOf(200, requested)

  const read = reading.read(orders)
  await expect
    .poll(() => phone.names())
    .toContainEqual(expect.stringMatching(new RegExp(`^${reading.request}(\\?|$)`)))
  expect(await orders.requestRefund(paid.id)).toEqual(requested)
  early.resolve(answerOf(200, reading.answer(paid)))
  expect(await read).toEqual(reading.answer(requested))
  expect(orders.knownOrder(paid.id)).toEqual(requested)
})
