import * as Type from '@sinclair/typebox'
import { CreateOrder, shopperRoutes, type Order, type OrderList } from '@tael/contracts'
import type { CartLine } from './cart-lines.ts'
import { isRefusal } from './errors.ts'
import { newIdempotencyKey } from './idempotency-key.ts'
import { callAsShopper } from './session.ts'
import { forget, readStored, store } from './storage.ts'

const ORDERING = 'ordering'
/** An order asked for and not answered yet: its key makes a second request the same request. */
const Ordering = Type.Object({ key: Type.String(), body: CreateOrder })

const PAGE_SIZE = 10

/**
 * Orders the goods. The key is stored before the request leaves and stays until the server has decided, so that an
 * answer lost on the way makes no second order. Throws as `callAsShopper`, out_of_stock among them, and a StorageError.
 */
export async function createOrder(lines: readonly CartLine[]): Promise<Order> {
  const body: CreateOrder = { lines: [...lines] }
  const stored = readStored(ORDERING, Ordering)
  if (stored !== undefined && JSON.stringify(stored.body) === JSON.stringify(body)) {
    const order = await sendOrder(stored)
    // Asked for long ago, and over by now: these goods are wanted anew.
    if (order.status === 'open') return order
  }
  return sendOrder({ key: await newIdempotencyKey(), body })
}

async function sendOrder(ordering: Type.Static<typeof Ordering>): Promise<Order> {
  store(ORDERING, ordering)
  try {
    const { body, key } = ordering
    const order = await callAsShopper(shopperRoutes.createOrder, { body, idempotencyKey: key })
    forget(ORDERING)
    return order
  } catch (error) {
    if (isRefusal(error)) forget(ORDERING)
    throw error
  }
}

/** A page of the shopper's orders, newest first; `before` is the `next` of the page before. */
export function listOrders(before?: string): Promise<OrderList> {
  const query = before === undefined ? { limit: PAGE_SIZE } : { limit: PAGE_SIZE, before }
  return callAsShopper(shopperRoutes.listOrders, { query })
}

export function getOrder(orderId: string): Promise<Order> {
  return callAsShopper(shopperRoutes.getOrder, { params: { orderId } })
}

/** Gives an order up that is not paid. Sent twice it is one cancellation. */
export function cancelOrder(orderId: string): Promise<Order> {
  return callAsShopper(shopperRoutes.cancelOrder, { params: { orderId } })
}

/** Asks the shop for the money of a paid order. Sent twice it is one request. */
export function askForRefund(orderId: string): Promise<Order> {
  return callAsShopper(shopperRoutes.requestRefund, { params: { orderId } })
}
