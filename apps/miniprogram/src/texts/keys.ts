import type { commonProblems, OrderStatus, ProblemCode, shopperRoutes } from '@tael/contracts'

/**
 * What an order is to its shopper: its status, or what matters more. `confirming`: whether it is paid is
 * not known yet. The refund states belong to a paid order.
 */
export type OrderState =
  | OrderStatus
  | 'confirming'
  | 'refund_requested'
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

/** What can fail before a shopper's eyes: the problems of the shopper's routes, and the phone's own. */
export type ShopperProblem =
  | ShopperRoute['problems'][number]
  | (typeof commonProblems)[number]
  | CodeOfContract<'route_not_found'>
  | 'offline'
  | 'unreadable'
  | 'storage_full'
