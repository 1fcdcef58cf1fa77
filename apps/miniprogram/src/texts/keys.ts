import type { commonProblems, OrderStatus, ProblemCode, shopperRoutes } from '@tael/contracts'

/**
 * The state of an order as its shopper sees it: its status, or what matters more. While
 * `confirming`, it is unknown whether the order is paid; the refund states are of a paid order.
 */
export type OrderState =
  | OrderStatus
  | 'confirming'
  | 'shipped'
  | 'refund_requested'
  | 'refund_declined'
  | 'refunding'
  | 'partly_refunded'
  | 'refunded'
  | 'refund_failed'

/** What the button of an order does: pay, continue an attempt, pay again, or open the payment. */
export type OrderAction = 'pay' | 'continue' | 'pay_again' | 'view_payment'

/** What the main button of the result page does. */
export type ResultAction = 'continue' | 'pay_again' | 'view_order'

type CodeOfContract<Code extends ProblemCode> = Code
type ShopperRoute = (typeof shopperRoutes)[keyof typeof shopperRoutes]

/** The problems a shopper can meet: those of the shopper's routes, and the phone's own. */
export type ShopperProblem =
  | ShopperRoute['problems'][number]
  | (typeof commonProblems)[number]
  | CodeOfContract<'route_not_found'>
  | 'offline'
  | 'unreadable'
  | 'storage_full'
