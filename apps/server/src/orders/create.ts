import {
  type CreateOrder,
  type Currency,
  multiply,
  type Order,
  type OrderLine,
  shopperRoutes,
} from '@tael/contracts'
import type { Db, Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import { claimKey } from '../http/idempotency.ts'
import { ProblemError } from '../http/problem.ts'
import type { JobQueue } from '../jobs/jobs.ts'
import { reached } from '../steps.ts'
import { moveStock } from './stock.ts'
import { findOrder, findProducts, insertOrder, type PricedProduct, toOrder } from './store.ts'

export interface CreateOrderDependencies {
  readonly db: Db
  readonly jobs: JobQueue
  readonly currency: Currency
  readonly orderLifetimeMs: number
}

/**
 * Makes an order at today's prices and reserves its stock, in one transaction with the job that will expire it.
 * The same key answers the order it made before.
 */
export async function createOrder(
  { db, jobs, currency, orderLifetimeMs }: CreateOrderDependencies,
  shopperId: string,
  key: string,
  body: CreateOrder,
): Promise<Order> {
  const orderId = newId('ord')
  const made = await db.transaction().execute(async (trx) => {
    const claimed = await claimKey(
      trx,
      { callerId: shopperId, key, route: shopperRoutes.createOrder, body },
      orderId,
    )
    if (claimed !== orderId) return claimed
    const lines = await priceLines(trx, body, currency)
    if (!(await moveStock(trx, lines, 'free', 'reserved'))) {
      // Somebody was faster: pricing again names the product that is short by now.
      await priceLines(trx, body, currency)
      throw new Error('The stock could not be reserved although there is enough.')
    }
    const expiresAt = new Date(Date.now() + orderLifetimeMs)
    const order = await insertOrder(trx, {
      id: orderId,
      shopper_id: shopperId,
      status: 'open',
      currency,
      value: lines.reduce((sum, { amount }) => sum + amount.value, 0),
      lines: JSON.stringify(lines),
      expires_at: expiresAt,
    })
    await jobs.send(trx, 'expire-order', { orderId }, expiresAt)
    return toOrder(order)
  })
  reached('order created')
  if (typeof made !== 'string') return made
  const before = await findOrder(db, shopperId, made)
  if (before === undefined) throw new Error(`The order ${made} of this key is gone.`)
  return before
}

async function priceLines(trx: Trx, { lines }: CreateOrder, currency: Currency): Promise<OrderLine[]> {
  const ids = lines.map(({ productId }) => productId)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) {
    const errors = [{ path: 'body/lines', message: `the product ${twice} stands in two lines` }]
    throw new ProblemError('validation_failed', `Put the product ${twice} into one line with its quantity.`, {
      errors,
    })
  }
  const products = new Map((await findProducts(trx, ids, currency)).map((product) => [product.id, product]))
  return lines.map(({ productId, quantity }) => priceLine(products.get(productId), productId, quantity))
}

function priceLine(product: PricedProduct | undefined, productId: string, quantity: number): OrderLine {
  if (product === undefined) {
    const detail = `The shop does not sell ${productId}: read GET /products again.`
    throw new ProblemError('product_not_found', detail, { productId })
  }
  if (product.available < quantity) throw soldOut(productId, product.available)
  const { name, unitPrice } = product
  return { productId, name, quantity, unitPrice, amount: multiply(unitPrice, quantity) }
}

function soldOut(productId: string, available: number): ProblemError {
  const detail = `Only ${available} of ${productId} are left: order fewer.`
  return new ProblemError('out_of_stock', detail, { productId, available })
}
