import type { LocalisedText, OrderStatus, PaymentStatus, ShopperMessage } from '@tael/contracts'
import type { ResultAction } from '../views/result.ts'
import type { OrderAction } from '../views/order.ts'
import type { ShopperProblem } from '../views/problem.ts'

/** The languages the shop speaks: those its goods have names in. */
export type Locale = keyof LocalisedText

/** Everything the Mini Program says, in one language. A dictionary that lacks a key does not compile. */
export interface Messages {
  readonly tabs: { readonly home: string; readonly cart: string; readonly orders: string }
  readonly titles: {
    readonly cart: string
    readonly orders: string
    readonly order: string
    readonly result: string
  }
  readonly home: {
    readonly addToCart: string
    readonly soldOut: string
    readonly full: string
    readonly empty: string
    readonly viewPayment: string
  }
  readonly cart: {
    readonly empty: string
    readonly browse: string
    readonly total: string
    readonly pay: string
    readonly paying: string
    readonly gone: string
    readonly soldOut: string
    readonly more: string
    readonly less: string
    readonly remove: string
  }
  readonly payment: { readonly amountChanged: string; readonly confirm: string; readonly decline: string }
  readonly result: {
    readonly backToShop: string
    readonly stillConfirming: string
    readonly refresh: string
    readonly viewOrder: string
  }
  readonly orders: { readonly empty: string; readonly loadMore: string; readonly end: string }
  readonly order: {
    readonly total: string
    readonly number: string
    readonly createdAt: string
    readonly payBefore: string
    readonly paidAt: string
    readonly payment: string
    readonly paying: string
  }
  readonly reload: string
  readonly orderStatuses: Readonly<Record<OrderStatus | 'confirming', string>>
  readonly paymentStatuses: Readonly<Record<PaymentStatus, string>>
  readonly outcomes: Readonly<Record<ShopperMessage, { readonly title: string; readonly text: string }>>
  readonly resultActions: Readonly<Record<ResultAction, string>>
  readonly orderActions: Readonly<Record<OrderAction, string>>
  readonly problems: Readonly<Record<ShopperProblem, string>>
  /** Sentences with something in them. They stay out of `setData`, which carries no functions. */
  readonly phrases: {
    readonly stockLeft: (name: string, available: number) => string
    readonly onlyLeft: (available: number) => string
    readonly inCart: (quantity: number) => string
    readonly pieces: (quantity: number) => string
    readonly amountChanged: (shown: string, changed: string) => string
    readonly addToCart: (name: string) => string
  }
}
