import * as Type from '@sinclair/typebox'
import {
  CreateOrder,
  shopperRoutes,
  type Address,
  type Amount,
  type Order,
  type OrderList,
} from '@tael/contracts'
import { isRefusal, newIdempotencyKey } from '@tael/miniprogram-pay/shop'
import type { CartLine } from './cart-lines.ts'
import { tael } from './tael.ts'

const ORDER_REQUEST = 'ordering'
/** An unanswered request for an order. Its key keeps a retry from creating a second order. */
const OrderRequest = Type.Object({ key: Type.String(), body: CreateOrder })

/** How many orders a page of the list has; the most that the server gives in one. */
const PAGE_SIZE = 10
const PAGE_SIZE_MAX = 50

/** The orders that the server answered, as each last was: what pages show until it answers again. */
const known = new Map<string, Order>()

function remember(order: Order): Order {
  known.set(order.id, order)
  return order
}

export function knownOrder(orderId: string): Order | undefined {
  return known.get(orderId)
}

/**
 * Creates an order at the total shown. The request is stored until the server has accepted or refused it, so that a
 * lost answer leads to no second order. Throws as `tael.callAsShopper`, and a StorageError.
 */
export async function createOrder(
  lines: readonly CartLine[],
  amount: Amount,
  deliverTo?: Address,
): Promise<Order> {
  const body: CreateOrder = { amount, lines: [...lines], ...(deliverTo === undefined ? {} : { deliverTo }) }
  const stored = tael.storage.read(ORDER_REQUEST, OrderRequest)
  if (stored !== undefined && JSON.stringify(stored.body) === JSON.stringify(body)) {
    const order = await sendOrder(stored)
    // An order that is no longer open is from an earlier time: the shopper wants a new one.
    if (order.status === 'open') return order
  }
  return sendOrder({ key: await newIdempotencyKey(), body })
}

async function sendOrder(request: Type.Static<typeof OrderRequest>): Promise<Order> {
  tael.storage.store(ORDER_REQUEST, request)
  try {
    const { body, key } = request
    const order = await tael.callAsShopper(shopperRoutes.createOrder, { body, idempotencyKey: key })
    tael.storage.forget(ORDER_REQUEST)
    return order
  } catch (error) {
    if (isRefusal(error)) tael.storage.forget(ORDER_REQUEST)
    throw error
  }
}

/**
 * At least `count` of the shopper's orders and a page at least, newest first, from before the order
 * `before`; `next` is the `before` of what follows.
 */
export function listOrders(count: number, before?: string): Promise<OrderList> {
  return read(async () => {
    const orders: Order[] = []
    let next = before ?? null
    do {
      const limit = Math.min(Math.max(count - orders.length, PAGE_SIZE), PAGE_SIZE_MAX)
      const query = next === null ? { limit } : { limit, before: next }
      const page = await tael.callAsShopper(shopperRoutes.listOrders, { query })
      orders.push(...page.orders.map(remember))
      next = page.next
    } while (next !== null && orders.length < count)
    return { orders, next }
  })
}

/** How many changes of orders the server has answered. */
let changes = 0

/** Asks again where an order was changed meanwhile: the answer may be from before the change. */
async function read<T>(ask: () => Promise<T>): Promise<T> {
  const known = changes
  const answer = await ask()
  return known === changes ? answer : read(ask)
}

export async function getOrder(orderId: string): Promise<Order> {
  return remember(await read(() => tael.callAsShopper(shopperRoutes.getOrder, { params: { orderId } })))
}

/** Cancels an unpaid order. Idempotent. */
export function cancelOrder(orderId: string): Promise<Order> {
  return change(shopperRoutes.cancelOrder, orderId)
}

/** Requests a refund of a paid order. Idempotent. */
export function requestRefund(orderId: string): Promise<Order> {
  return change(shopperRoutes.requestRefund, orderId)
}

type Change = typeof shopperRoutes.cancelOrder | typeof shopperRoutes.requestRefund

async function change(route: Change, orderId: string): Promise<Order> {
  const order = await tael.callAsShopper(route, { params: { orderId } })
  changes += 1
  return remember(order)
}
