import { shopperRoutes } from '@tael/contracts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { listProducts } from './store.ts'

/** The products on sale. */
export function serveShop(api: Api, { db, config }: Pick<Context, 'db' | 'config'>): void {
  api.route({
    ...serve(shopperRoutes.listProducts),
    handler: async () => ({ products: await listProducts(db, config.shop.currency) }),
  })
}
