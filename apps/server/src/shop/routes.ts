import { type ChangeStock, operatorRoutes, type ProductRecord, shopperRoutes } from '@tael/contracts'
import { recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import { describeAmount } from '../db/amount.ts'
import type { Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import { inTransaction } from '../db/transaction.ts'
import type { Api } from '../http/api.ts'
import { claimKey } from '../http/idempotency.ts'
import { HttpProblem } from '../http/problem.ts'
import { serve } from '../http/routing.ts'
import { STOCK_MAX } from '../ledger/stock.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { changePrice } from './change-price.ts'
import { changeStock } from './change-stock.ts'
import { findProductRecord, listProductRecords } from './records.ts'
import { listProducts } from './store.ts'

/** The products on sale. */
export function serveShop(api: Api, { db, config }: Pick<Context, 'db' | 'config'>): void {
  api.route({
    ...serve(shopperRoutes.listProducts),
    handler: async () => ({ products: await listProducts(db, config.shop.currency) }),
  })
}

/** The operators' catalogue: every product, its stock and its price. */
export function serveProductRecords(api: Api, { db, config }: Pick<Context, 'db' | 'config'>): void {
  const { currency } = config.shop

  const readProduct = async (trx: Trx, productId: string): Promise<ProductRecord> => {
    const found = await findProductRecord(trx, productId, currency)
    if (found === undefined) throw unknownProduct(productId)
    return found
  }

  api.route({
    ...serve(operatorRoutes.listProductRecords),
    handler: async (request) => {
      await recordAction(db, operatorAction(request, 'products.list'))
      return { products: await listProductRecords(db, currency) }
    },
  })

  api.route({
    ...serve(operatorRoutes.changeStock),
    handler: (request) => {
      const { productId } = request.params
      const action = operatorAction(request, 'stock.change', productId)
      const change = newId('stk')
      return inTransaction(db, async (trx) => {
        const claim = {
          callerId: action.actor,
          key: request.headers['idempotency-key'],
          route: operatorRoutes.changeStock,
          body: { productId, ...request.body },
        }
        const isNew = (await claimKey(trx, claim, change)) === change
        if (isNew && (await changeStock(trx, action, productId, request.body)) === undefined)
          throw refusedChange(await readProduct(trx, productId), request.body)
        return readProduct(trx, productId)
      })
    },
  })

  api.route({
    ...serve(operatorRoutes.changePrice),
    handler: async (request) => {
      const { productId } = request.params
      const { price } = request.body
      if (price !== null && price.currency !== currency) {
        const errors = [{ path: 'body/price/currency', message: `must be ${currency}` }]
        throw new HttpProblem('validation_failed', `Send the price in ${currency}.`, { errors })
      }
      const action = operatorAction(request, 'price.change', productId)
      const change = await inTransaction(db, (trx) =>
        changePrice(trx, action, productId, currency, request.body),
      )
      if (change === undefined) throw unknownProduct(productId)
      if (change.changed) return change.product
      const now = change.price
      const what = now === null ? 'it is not on sale now' : `its price is ${describeAmount(now)} now`
      throw new HttpProblem(
        'price_changed',
        `Read the product again, and decide anew: ${what}.`,
        now === null ? {} : { amount: now },
      )
    },
  })
}

function unknownProduct(productId: string): HttpProblem {
  const detail = 'Check the id: this product does not exist.'
  return new HttpProblem('product_not_found', detail, { productId })
}

/** Why a change of stock was refused, of a product that exists. */
function refusedChange({ id: productId, stock }: ProductRecord, { pieces }: ChangeStock): HttpProblem {
  if (pieces < 0) {
    const detail = `Remove fewer: ${stock.free} are free, and orders hold ${stock.reserved}.`
    return new HttpProblem('out_of_stock', detail, { productId, available: stock.free })
  }
  const errors = [{ path: 'body/pieces', message: `a product has at most ${STOCK_MAX}` }]
  return new HttpProblem('validation_failed', `Add fewer: a product has at most ${STOCK_MAX} pieces.`, {
    errors,
  })
}
