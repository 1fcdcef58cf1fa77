import type { LocalisedText, RefundStatus, ShopperMessage } from '@tael/contracts'
import type { OrderAction, OrderState, ResultAction, ShopperProblem } from './keys.ts'

/** The languages the shop speaks: those its goods have names in. */
export type Locale = keyof LocalisedText

/** A heading and what it means to the shopper. */
export interface Words {
  readonly title: string
  readonly text: string
}

/** A question that can be answered with yes or no. WeChat's dialog takes four characters on a button. */
export interface Question extends Words {
  readonly yes: string
  readonly no: string
}

type Named<Keys extends string> = Readonly<Record<Keys, string>>

/** Everything the Mini Program says, in one language. A dictionary that lacks a key does not compile. */
export interface Messages {
  readonly tabs: Named<'home' | 'cart' | 'orders'>
  readonly titles: Named<'cart' | 'orders' | 'order' | 'result'>
  readonly home: Named<'soldOut' | 'inStock' | 'full' | 'empty' | 'viewPayment'>
  readonly cart: Named<
    'empty' | 'browse' | 'total' | 'pay' | 'paying' | 'gone' | 'soldOut' | 'more' | 'less' | 'remove'
  >
  readonly payment: Named<'amountChanged' | 'confirm' | 'decline'>
  readonly result: Named<
    'backToShop' | 'stillConfirming' | 'refresh' | 'viewOrder' | 'number' | 'notify' | 'notified'
  >
  readonly orders: Named<'empty' | 'loadMore' | 'end'>
  readonly order: Named<'total' | 'number' | 'progress' | 'paying' | 'cancel' | 'askForRefund'>
  readonly reload: string
  /** How an order stands, as its page says it. */
  readonly orderStates: Readonly<Record<OrderState, Words>>
  /** What happened to an order, line by line. */
  readonly timeline: Readonly<
    Record<'ordered' | 'paid' | 'shipped' | 'askedForRefund' | 'expired' | 'cancelled', string>
  >
  readonly refundStatuses: Readonly<Record<RefundStatus, Words>>
  /** Why money goes back that the shopper did not ask for. */
  readonly surplusRefund: string
  readonly outcomes: Readonly<Record<ShopperMessage, Words>>
  readonly resultActions: Readonly<Record<ResultAction, string>>
  readonly orderActions: Readonly<Record<OrderAction, string>>
  readonly questions: Readonly<Record<'cancelOrder' | 'askForRefund' | 'update', Question>>
  readonly problems: Readonly<Record<ShopperProblem, string>>
  /** Sentences with something in them. They stay out of `setData`, which carries no functions. */
  readonly phrases: {
    readonly stockLeft: (name: string, available: number) => string
    readonly onlyLeft: (available: number) => string
    readonly pieces: (quantity: number) => string
    readonly amountChanged: (shown: string, changed: string) => string
    readonly payBefore: (time: string) => string
    readonly refund: (amount: string) => string
  }
}

/** What a merchant says in other words: any sentence of a dictionary. */
export type TextsToChange = {
  readonly [Section in keyof Messages]?: Messages[Section] extends string
    ? string
    : Partial<Messages[Section]>
}
