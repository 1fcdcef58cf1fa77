import * as Type from '@sinclair/typebox'
import { Id } from '../id.ts'
import { CreateOrder, Order, OrderList } from '../orders.ts'
import { Payment, PaymentDetails, StartedPayment, StartPayment } from '../payments.ts'
import { ProductList } from '../products.ts'
import type { Route } from './route.ts'
import { Done, LoginRequest, Session } from '../sessions.ts'

/** The longest that `getPayment` may wait for a change, in milliseconds. */
export const WAIT_MS_MAX = 25_000

/** The routes for shoppers. The Mini Program bundles this table, so it holds no other routes. */
export const shopperRoutes = {
  login: {
    method: 'POST',
    path: '/login',
    summary: 'Exchange a wx.login code for a session',
    access: 'public',
    idempotent: false,
    body: LoginRequest,
    status: 201,
    answer: Session,
    problems: [
      'login_code_invalid',
      'login_blocked',
      'login_rate_limited',
      'login_misconfigured',
      'login_unavailable',
    ],
  },
  logout: {
    method: 'POST',
    path: '/logout',
    summary: 'End this session',
    access: 'shopper',
    idempotent: false,
    status: 200,
    answer: Done,
    problems: ['session_required'],
  },
  listProducts: {
    method: 'GET',
    path: '/products',
    summary: 'List the products on sale',
    access: 'public',
    idempotent: false,
    status: 200,
    answer: ProductList,
    problems: [],
  },
  createOrder: {
    method: 'POST',
    path: '/orders',
    summary: 'Create an order: fix its prices and reserve its stock',
    access: 'shopper',
    idempotent: true,
    body: CreateOrder,
    status: 201,
    answer: Order,
    problems: [
      'session_required',
      'address_required',
      'product_not_found',
      'out_of_stock',
      'amount_changed',
      'too_many_open_orders',
      'too_many_pieces',
      'idempotency_key_reused',
    ],
  },
  listOrders: {
    method: 'GET',
    path: '/orders',
    summary: "List the shopper's orders, newest first",
    access: 'shopper',
    idempotent: false,
    query: Type.Object(
      {
        before: Type.Optional(Id),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 20 })),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: OrderList,
    problems: ['session_required'],
  },
  getOrder: {
    method: 'GET',
    path: '/orders/:orderId',
    summary: 'Get an order of the shopper',
    access: 'shopper',
    idempotent: false,
    params: Type.Object({ orderId: Id }),
    status: 200,
    answer: Order,
    problems: ['session_required', 'order_not_found'],
  },
  cancelOrder: {
    method: 'POST',
    path: '/orders/:orderId/cancel',
    summary: 'Cancel an unpaid order and release its stock; cancelling again changes nothing',
    access: 'shopper',
    idempotent: false,
    params: Type.Object({ orderId: Id }),
    status: 200,
    answer: Order,
    problems: ['session_required', 'order_not_found', 'order_not_cancellable'],
  },
  requestRefund: {
    method: 'POST',
    path: '/orders/:orderId/refund-request',
    summary: 'Request a refund of a paid order; requesting again changes nothing',
    access: 'shopper',
    idempotent: false,
    params: Type.Object({ orderId: Id }),
    status: 200,
    answer: Order,
    problems: ['session_required', 'order_not_found', 'order_not_refundable'],
  },
  startPayment: {
    method: 'POST',
    path: '/payments',
    summary: 'Start an attempt to pay an order, or continue the open one',
    access: 'shopper',
    idempotent: true,
    body: StartPayment,
    status: 201,
    answer: StartedPayment,
    problems: [
      'session_required',
      'order_not_found',
      'amount_changed',
      'order_not_payable',
      'idempotency_key_reused',
    ],
  },
  submitPaymentDetails: {
    method: 'POST',
    path: '/payments/details',
    summary: 'Submit the result of wx.requestPayment, whatever it is',
    access: 'shopper',
    idempotent: false,
    body: PaymentDetails,
    status: 200,
    answer: Payment,
    problems: ['session_required', 'payment_not_found'],
  },
  getPayment: {
    method: 'GET',
    path: '/payments/:paymentId',
    summary: 'Get an attempt; optionally wait for a change',
    access: 'shopper',
    idempotent: false,
    params: Type.Object({ paymentId: Id }),
    query: Type.Object(
      {
        afterVersion: Type.Optional(
          Type.Integer({
            minimum: 0,
            description: 'Answer immediately if the version is greater than this.',
          }),
        ),
        waitMs: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: WAIT_MS_MAX,
            description: 'How long to wait for a change, in milliseconds.',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Payment,
    problems: ['session_required', 'payment_not_found'],
  },
} as const satisfies Record<string, Route>
