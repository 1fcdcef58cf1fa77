import { type Currency, shopperRoutes } from '@tael/contracts'
import type { Api } from '../app.ts'
import type { Db } from '../db/database.ts'
import { serve } from '../http/routing.ts'
import { listProducts } from './store.ts'

/** The catalogue. */
export function serveShop(
  api: Api,
  { db, currency }: { readonly db: Db; readonly currency: Currency },
): void {
  api.route({
    ...serve(shopperRoutes.listProducts),
    handler: async () => ({ products: await listProducts(db, currency) }),
  })
}
