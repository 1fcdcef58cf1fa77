import type { Order } from '@tael/contracts'
import { afterEach, expect, test, vi } from 'vitest'
import { type Answer, answerOf, openPhone } from '../../../packages/miniprogram-pay/test/phone.ts'
import { order, payment } from './samples.ts'

/** The shop's exports that this test uses. Their types need WeChat's globals, not Node's. */
interface Orders {
  getOrder(orderId: string): Promise<Order>
  knownOrder(orderId: string): Order | undefined
  requestRefund(orderId: string): Promise<Order>
}

afterEach(() => {
  vi.unstubAllGlobals()
})

test('an order that was read before it changed does not come back as it was', async () => {
  const phone = openPhone()
  const orders: Orders = await import(new URL('../src/services/orders.ts', import.meta.url).href)
  const paid = order('paid', payment('authorised'))
  const requested = { ...paid, refundRequestedAt: '2026-11-23T09:00:00.000Z' }
  const early = Promise.withResolvers<Answer>()
  const reads: (Answer | Promise<Answer>)[] = [early.promise, answerOf(200, requested)]
  const read = `GET /orders/${paid.id}`
  phone.answer = (call) => (call === read ? (reads.shift() ?? 'lost') : answerOf(200, requested))

  const reading = orders.getOrder(paid.id)
  await expect.poll(() => phone.names()).toContain(read)
  expect(await orders.requestRefund(paid.id)).toEqual(requested)
  early.resolve(answerOf(200, paid))
  expect(await reading).toEqual(requested)
  expect(orders.knownOrder(paid.id)).toEqual(requested)
})
