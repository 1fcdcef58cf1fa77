import * as Type from '@sinclair/typebox'
import { MerchantEventList, MerchantEventQuery } from '../merchant/events.ts'
import {
  MerchantOrder,
  MerchantOrderList,
  MerchantOrderQuery,
  MerchantReference,
  PlacedMerchantOrder,
  PutMerchantOrder,
} from '../merchant/orders.ts'
import { CreateMerchantRefund } from '../merchant/refunds.ts'
import { OperatorRefund } from '../operators/refunds.ts'
import type { Route } from './route.ts'

const params = Type.Object({ reference: MerchantReference })

/**
 * The routes for the backend of a merchant who has orders of their own, on the operators' listener.
 * Each names the scope it requires, and each use is audited.
 */
export const merchantRoutes = {
  putMerchantOrder: {
    method: 'PUT',
    path: '/merchant/orders/:reference',
    summary:
      'Create an order of yours, or change it while no attempt is open; the same again changes nothing',
    access: 'merchant',
    scope: 'merchant:orders',
    idempotent: false,
    params,
    body: PutMerchantOrder,
    status: 200,
    answer: PlacedMerchantOrder,
    problems: ['operator_unauthenticated', 'scope_missing', 'order_not_changeable'],
  },
  getMerchantOrder: {
    method: 'GET',
    path: '/merchant/orders/:reference',
    summary: 'Get an order of yours',
    access: 'merchant',
    scope: 'merchant:read',
    idempotent: false,
    params,
    status: 200,
    answer: MerchantOrder,
    problems: ['operator_unauthenticated', 'scope_missing', 'order_not_found'],
  },
  listMerchantOrders: {
    method: 'GET',
    path: '/merchant/orders',
    summary: 'List your orders, newest first',
    access: 'merchant',
    scope: 'merchant:read',
    idempotent: false,
    query: MerchantOrderQuery,
    status: 200,
    answer: MerchantOrderList,
    problems: ['operator_unauthenticated', 'scope_missing'],
  },
  cancelMerchantOrder: {
    method: 'POST',
    path: '/merchant/orders/:reference/cancel',
    summary: 'Cancel an unpaid order of yours; cancelling again changes nothing',
    access: 'merchant',
    scope: 'merchant:orders',
    idempotent: false,
    params,
    status: 200,
    answer: MerchantOrder,
    problems: ['operator_unauthenticated', 'scope_missing', 'order_not_found', 'order_not_cancellable'],
  },
  refundMerchantOrder: {
    method: 'POST',
    path: '/merchant/orders/:reference/refunds',
    summary: 'Refund a paid order of yours, fully or in part',
    access: 'merchant',
    scope: 'merchant:refunds',
    idempotent: true,
    params,
    body: CreateMerchantRefund,
    status: 201,
    answer: OperatorRefund,
    problems: [
      'operator_unauthenticated',
      'scope_missing',
      'order_not_found',
      'order_not_refundable',
      'payment_not_refundable',
      'refund_exceeds_payment',
      'idempotency_key_reused',
    ],
  },
  listMerchantEvents: {
    method: 'GET',
    path: '/merchant/events',
    summary: 'List what happened to your orders, oldest first',
    access: 'merchant',
    scope: 'merchant:read',
    idempotent: false,
    query: MerchantEventQuery,
    status: 200,
    answer: MerchantEventList,
    problems: ['operator_unauthenticated', 'scope_missing'],
  },
} as const satisfies Record<string, Route>
