import * as Type from '@sinclair/typebox'
import { Id } from '../../id.ts'
import {
  CreateShipment,
  OperatorShipment,
  ShippingQuery,
  ShippingRecords,
} from '../../operators/shipments.ts'
import type { Route } from '../route.ts'

/** Operators' routes: what was paid and is to be shipped. */
export const shipmentRoutes = {
  listShipments: {
    method: 'GET',
    path: '/ops/shipments',
    summary: 'List orders that wait to be shipped, or were',
    access: 'operator',
    scope: 'payments:read',
    idempotent: false,
    query: ShippingQuery,
    status: 200,
    answer: ShippingRecords,
    problems: ['operator_unauthenticated', 'scope_missing'],
  },
  createShipment: {
    method: 'POST',
    path: '/ops/orders/:orderId/shipping',
    summary: 'Record a shipment for a paid order; sending again replaces it',
    access: 'operator',
    scope: 'orders:ship',
    idempotent: true,
    params: Type.Object({ orderId: Id }),
    body: CreateShipment,
    status: 201,
    answer: OperatorShipment,
    problems: [
      'operator_unauthenticated',
      'scope_missing',
      'order_not_found',
      'order_not_shippable',
      'idempotency_key_reused',
    ],
  },
} as const satisfies Record<string, Route>
