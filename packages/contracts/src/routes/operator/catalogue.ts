import * as Type from '@sinclair/typebox'
import { Id } from '../../id.ts'
import { ChangePrice, ChangeStock, ProductRecord, ProductRecords } from '../../operators/catalogue.ts'
import type { Route } from '../route.ts'

/** Operators' routes: goods, their stock and prices. */
export const catalogueRoutes = {
  listProductRecords: {
    method: 'GET',
    path: '/ops/products',
    summary: 'List every product with its price and stock, on sale or not',
    access: 'operator',
    scope: 'payments:read',
    idempotent: false,
    status: 200,
    answer: ProductRecords,
    problems: ['operator_unauthenticated', 'scope_missing'],
  },
  changeStock: {
    method: 'POST',
    path: '/ops/products/:productId/stock',
    summary: 'Add pieces to the free stock of a product, or remove them',
    access: 'operator',
    scope: 'catalogue:write',
    idempotent: true,
    params: Type.Object({ productId: Id }),
    body: ChangeStock,
    status: 200,
    answer: ProductRecord,
    problems: [
      'operator_unauthenticated',
      'scope_missing',
      'product_not_found',
      'out_of_stock',
      'idempotency_key_reused',
    ],
  },
  changePrice: {
    method: 'PUT',
    path: '/ops/products/:productId/price',
    summary: 'Put a product on sale at a price, or take it off sale',
    access: 'operator',
    scope: 'catalogue:write',
    idempotent: false,
    params: Type.Object({ productId: Id }),
    body: ChangePrice,
    status: 200,
    answer: ProductRecord,
    problems: ['operator_unauthenticated', 'scope_missing', 'product_not_found', 'price_changed'],
  },
} as const satisfies Record<string, Route>
