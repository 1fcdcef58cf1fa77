import * as Type from '@sinclair/typebox'
import { Id } from '../id.ts'
import { AttentionList, AttentionQuery, HandleAttention } from '../operators/attention.ts'
import { OperatorPayment } from '../operators/payments.ts'
import { CreateRefund, DeclineRefund, OperatorRefund, ResendRefund } from '../operators/refunds.ts'
import { CreateShipment, OperatorShipment } from '../operators/shipments.ts'
import { RefundDecline } from '../orders.ts'
import type { Route } from './route.ts'
import { Done } from '../sessions.ts'

/**
 * The routes for the shop's operators. Each names the scope it requires, and each use is audited.
 */
export const operatorRoutes = {
  getPaymentRecord: {
    method: 'GET',
    path: '/ops/payments/:paymentId',
    summary: 'Get a payment with its events and refunds',
    access: 'operator',
    scope: 'payments:read',
    idempotent: false,
    params: Type.Object({ paymentId: Id }),
    status: 200,
    answer: OperatorPayment,
    problems: ['operator_unauthenticated', 'scope_missing', 'payment_not_found'],
  },
  listAttention: {
    method: 'GET',
    path: '/ops/attention',
    summary: 'List what needs attention, gravest first',
    access: 'operator',
    scope: 'payments:read',
    idempotent: false,
    query: AttentionQuery,
    status: 200,
    answer: AttentionList,
    problems: ['operator_unauthenticated', 'scope_missing'],
  },
  handleAttention: {
    method: 'POST',
    path: '/ops/attention/handled',
    summary: 'Mark an item as handled; it is listed again only if it changes',
    access: 'operator',
    scope: 'attention:write',
    idempotent: false,
    body: HandleAttention,
    status: 200,
    answer: Done,
    problems: ['operator_unauthenticated', 'scope_missing', 'attention_not_found', 'attention_changed'],
  },
  createRefund: {
    method: 'POST',
    path: '/ops/payments/:paymentId/refunds',
    summary: 'Refund a payment, fully or in part',
    access: 'operator',
    scope: 'refunds:write',
    idempotent: true,
    params: Type.Object({ paymentId: Id }),
    body: CreateRefund,
    status: 201,
    answer: OperatorRefund,
    problems: [
      'operator_unauthenticated',
      'scope_missing',
      'payment_not_found',
      'payment_not_refundable',
      'refund_exceeds_payment',
      'idempotency_key_reused',
    ],
  },
  resendRefund: {
    method: 'POST',
    path: '/ops/refunds/:refundId/resend',
    summary: 'Send a refund to Adyen again under a new key, after its call ended without an outcome',
    access: 'operator',
    scope: 'refunds:write',
    idempotent: true,
    params: Type.Object({ refundId: Id }),
    body: ResendRefund,
    status: 200,
    answer: OperatorRefund,
    problems: [
      'operator_unauthenticated',
      'scope_missing',
      'refund_not_found',
      'refund_not_resendable',
      'payment_not_refundable',
      'idempotency_key_reused',
    ],
  },
  declineRefund: {
    method: 'POST',
    path: '/ops/orders/:orderId/refund-request/decline',
    summary: 'Decline the refund that a shopper requested; the order shows the reason',
    access: 'operator',
    scope: 'refunds:write',
    idempotent: false,
    params: Type.Object({ orderId: Id }),
    body: DeclineRefund,
    status: 200,
    answer: RefundDecline,
    problems: ['operator_unauthenticated', 'scope_missing', 'order_not_found', 'refund_not_requested'],
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
