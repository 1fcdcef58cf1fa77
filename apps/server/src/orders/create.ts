import {
  type Amount,
  type CreateOrder,
  formatAmount,
  multiply,
  type Order,
  type OrderLine,
  shopperRoutes,
  VALUE_MAX,
} from '@tael/contracts'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import type { Trx } from '../db/database.ts'
import { inOneFlight } from '../db/flight.ts'
import { newId } from '../db/ids.ts'
import { inTransaction } from '../db/transaction.ts'
import { keyToClaim, readClaim } from '../http/idempotency.ts'
import { HttpProblem } from '../http/problem.ts'
import { insertOrder, StockTakenError } from '../ledger/orders.ts'
import { announceStep } from '../steps.ts'
import { checkHoldings, type Holdings, holdingsOf, limitHoldings, shopperToLock } from './check-holdings.ts'
import { findOrder, type PricedProduct, productsOf, toProducts } from './store.ts'
import { toOrder } from './view.ts'

/** How often an order is priced again after another order took the stock in between. */
const PRICINGS_MAX = 2

/**
 * Creates an order at today's prices and reserves its stock, within what one shopper may hold, in
 * one transaction with the job that expires it. Where the shopper saw another total, it throws
 * `amount_changed`, and without an address in a shop that delivers `address_required`, and orders
 * nothing. The same key returns the order that it created before.
 */
export async function createOrder(
  { db, jobs, config: { shop } }: Pick<Context, 'db' | 'jobs' | 'config'>,
  shopperId: string,
  key: string,
  body: CreateOrder,
): Promise<Order> {
  const orderId = newId('ord')
  const order = async (trx: Trx): Promise<Order | string> => {
    const request = { callerId: shopperId, key, route: shopperRoutes.createOrder, body }
    const [[shopper], [held], rows, claim] = await inOneFlight(
      trx,
      shopperToLock({ shopperId }),
      holdingsOf({ shopperId }),
      productsOf({ ids: body.lines.map(({ productId }) => productId), currency: shop.currency }),
      keyToClaim(request, orderId),
    )
    if (shopper === undefined)
      throw new HttpProblem(
        'session_required',
        'Call wx.login and POST its code to /login: the session has ended.',
      )
    const claimed = await readClaim(trx, request, claim)
    if (claimed !== orderId) return claimed
    checkAddress(body, shop)
    const products = toProducts(rows, shop.currency)
    const lines = priceLines(body, products, limitHoldings(held, shop))
    const total = { currency: shop.currency, value: lines.reduce((sum, { amount }) => sum + amount.value, 0) }
    checkTotal(total, body.amount)
    const priced = { id: orderId, shopper_id: shopperId, ...total, lines, deliver_to: body.deliverTo ?? null }
    const inserted = await insertOrder({ trx, jobs }, priced, shop.orderLifetimeMs)
    return toOrder({ ...inserted, leftMs: shop.orderLifetimeMs })
  }
  const created = await untilStockHolds(() => inTransaction(db, order))
  announceStep('order created')
  if (typeof created !== 'string') return created
  const before = await findOrder(db, shopperId, created)
  if (before === undefined) throw new Error(`The order ${created} of this key does not exist.`)
  return before
}

/**
 * Prices and orders again where another order took the stock in between: then the product that lacks
 * it is found and named.
 */
async function untilStockHolds<T>(order: () => Promise<T>): Promise<T> {
  for (let pricings = 1; ; pricings += 1) {
    try {
      return await order()
    } catch (error) {
      if (!(error instanceof StockTakenError)) throw error
      if (pricings === PRICINGS_MAX)
        throw new HttpProblem(
          'not_ready',
          'Send the same request again in a moment: the stock is changing.',
          {
            retryAfterSeconds: 1,
          },
        )
    }
  }
}

function checkAddress({ deliverTo }: CreateOrder, { delivers }: Config['shop']): void {
  if (!delivers || deliverTo !== undefined) return
  const detail = 'Let the shopper choose an address, and order again with it as deliverTo.'
  throw new HttpProblem('address_required', detail)
}

/**
 * Throws where the total is not the one that the shopper saw, or is more than an amount may be, so
 * that the order could never be paid.
 */
function checkTotal(total: Amount, seen: Amount | undefined): void {
  if (total.value <= VALUE_MAX) {
    if (seen === undefined || (seen.value === total.value && seen.currency === total.currency)) return
    const detail = 'Show the shopper the new total, and order again with it as the amount.'
    throw new HttpProblem('amount_changed', detail, { amount: total })
  }
  const highest = formatAmount({ ...total, value: VALUE_MAX })
  const errors = [{ path: 'body/lines', message: `cost ${formatAmount(total)}, more than ${highest}` }]
  throw new HttpProblem('validation_failed', `Order fewer: an order costs at most ${highest}.`, { errors })
}

function priceLines(
  { lines }: CreateOrder,
  products: ReadonlyMap<string, PricedProduct>,
  holdings: Holdings,
): OrderLine[] {
  const ids = lines.map(({ productId }) => productId)
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
  if (repeated !== undefined) {
    const errors = [{ path: 'body/lines', message: `the product ${repeated} is in two lines` }]
    const detail = `Put the product ${repeated} into one line with its quantity.`
    throw new HttpProblem('validation_failed', detail, { errors })
  }
  const priced = lines.map(({ productId, quantity }) =>
    priceLine(products.get(productId), productId, quantity),
  )
  checkHoldings(holdings, lines, products)
  return priced
}

function priceLine(product: PricedProduct | undefined, productId: string, quantity: number): OrderLine {
  if (product === undefined) {
    const detail = `Read GET /products again: the shop does not sell ${productId}.`
    throw new HttpProblem('product_not_found', detail, { productId })
  }
  const { name, unitPrice, available } = product
  if (available < quantity) {
    const detail = `Order fewer: only ${available} of ${productId} are left.`
    throw new HttpProblem('out_of_stock', detail, { productId, available })
  }
  return { productId, name, quantity, unitPrice, amount: multiply(unitPrice, quantity) }
}
