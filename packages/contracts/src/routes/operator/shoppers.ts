import * as Type from '@sinclair/typebox'
import { Id } from '../../id.ts'
import { ErasedShopper, EraseShopper, ShopperExport } from '../../operators/shoppers.ts'
import type { Route } from '../route.ts'

/** Operators' routes: what a shopper may request of their personal data. */
export const shopperRoutes = {
  exportShopper: {
    method: 'GET',
    path: '/ops/shoppers/:shopperId/export',
    summary: 'Export what is stored about a shopper, for their request',
    access: 'operator',
    scope: 'shoppers:export',
    idempotent: false,
    params: Type.Object({ shopperId: Id }),
    status: 200,
    answer: ShopperExport,
    problems: ['operator_unauthenticated', 'scope_missing', 'shopper_not_found'],
  },
  eraseShopper: {
    method: 'POST',
    path: '/ops/shoppers/:shopperId/erase',
    summary: 'Erase what identifies a shopper, and keep the records of money',
    access: 'operator',
    scope: 'shoppers:erase',
    idempotent: false,
    params: Type.Object({ shopperId: Id }),
    body: EraseShopper,
    status: 200,
    answer: ErasedShopper,
    problems: ['operator_unauthenticated', 'scope_missing', 'shopper_not_found', 'shopper_not_erasable'],
  },
} as const satisfies Record<string, Route>
