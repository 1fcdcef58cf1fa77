import * as Type from '@sinclair/typebox'
import { CreateOrder, shopperRoutes, type Order, type OrderList } from '@tael/contracts'
import type { CartLine } from './cart-lines.ts'
import { isRefusal } from './errors.ts'
import { newIdempotencyKey } from './idempotency-key.ts'
import { callAsShopper } from './session.ts'
import { forget, readStored, store } from './storage.ts'

const ORDER_REQUEST = 'ordering'
/** An unanswered request for an order. Its key keeps a retry from creating a second order. */
const OrderRequest = Type.Object({ key: Type.String(), body: CreateOrder })

const PAGE_SIZE = 10

/**
 * Creates an order. The request is stored until the server has accepted or refused it, so that a
 * lost answer leads to no second order. Throws as `callAsShopper`, and a StorageError.
 */
export async function createOrder(lines: readonly CartLine[]): Promise<Order> {
  const body: CreateOrder = { lines: [...lines] }
  const stored = readStored(ORDER_REQUEST, OrderRequest)
  if (stored !== undefined && JSON.stringify(stored.body) === JSON.stringify(body)) {
    const order = await sendOrder(stored)
    // An order that is no longer open is from an earlier time: the shopper wants a new one.
    if (order.status === 'open') return order
  }
  return sendOrder({ key: await newIdempotencyKey(), body })
}

async function sendOrder(request: Type.Static<typeof OrderRequest>): Promise<Order> {
  store(ORDER_REQUEST, request)
  try {
    const { body, key } = request
    const order = await callAsShopper(shopperRoutes.createOrder, { body, idempotencyKey: key })
    forget(ORDER_REQUEST)
    return order
  } catch (error) {
    if (isRefusal(error)) forget(ORDER_REQUEST)
    throw error
  }
}

/** A page of the shopper's orders, newest first; `before` is the `next` of the previous page. */
export function listOrders(before?: string): Promise<OrderList> {
  const query = before === undefined ? { limit: PAGE_SIZE } : { limit: PAGE_SIZE, before }
  return callAsShopper(shopperRoutes.listOrders, { query })
}

export function getOrder(orderId: string): Promise<Order> {
  return callAsShopper(shopperRoutes.getOrder, { params: { orderId } })
}

/** Cancels an unpaid order. Idempotent. */
export function cancelOrder(orderId: string): Promise<Order> {
  return callAsShopper(shopperRoutes.cancelOrder, { params: { orderId } })
}

/** Requests a refund of a paid order. Idempotent. */
export function requestRefund(orderId: string): Promise<Order> {
  return callAsShopper(shopperRoutes.requestRefund, { params: { orderId } })
}
