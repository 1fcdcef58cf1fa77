import type { LocalisedText, RefundStatus, ShopperMessage } from '@tael/contracts'
import type { OrderAction, OrderState, ResultAction, ShopperProblem } from './keys.ts'

/** The languages of the shop: those its goods have names in. */
export type Locale = keyof LocalisedText

export interface TitledText {
  readonly title: string
  readonly text: string
}

/** A dialog to confirm something. WeChat allows four characters on a button. */
export interface Question extends TitledText {
  readonly yes: string
  readonly no: string
}

type Section<Keys extends string> = Readonly<Record<Keys, string>>

/** Every text of the Mini Program in one language. A dictionary that lacks one does not compile. */
export interface Texts {
  readonly tabs: Section<'home' | 'cart' | 'orders'>
  readonly titles: Section<'cart' | 'orders' | 'order' | 'result'>
  readonly home: Section<'soldOut' | 'inStock' | 'cartFull' | 'empty' | 'viewPayment'>
  readonly stepper: Section<'more' | 'less' | 'remove'>
  readonly cart: Section<'empty' | 'browse' | 'total' | 'pay' | 'paying' | 'removed' | 'soldOut'>
  readonly address: Section<'label' | 'choose' | 'refused' | 'failed'>
  readonly payment: Section<'amountChanged' | 'confirm' | 'decline' | 'slow'>
  readonly result: Section<
    'backToShop' | 'stillConfirming' | 'refresh' | 'viewOrder' | 'number' | 'notify' | 'notified'
  >
  readonly orders: Section<'empty' | 'loadMore' | 'end'>
  readonly order: Section<
    'total' | 'number' | 'progress' | 'paying' | 'cancel' | 'requestRefund' | 'reorder' | 'backToShop'
  >
  readonly contact: string
  readonly reload: string
  readonly orderStates: Readonly<Record<OrderState, TitledText>>
  readonly timeline: Section<
    'ordered' | 'paid' | 'shipped' | 'refundRequested' | 'refundDeclined' | 'expired' | 'cancelled'
  >
  readonly refundStatuses: Readonly<Record<RefundStatus, TitledText>>
  readonly outcomes: Readonly<Record<ShopperMessage, TitledText>>
  readonly resultActions: Section<ResultAction>
  readonly orderActions: Section<OrderAction>
  readonly questions: Readonly<Record<'cancelOrder' | 'requestRefund' | 'update', Question>>
  readonly problems: Section<ShopperProblem>
  /** Texts with values in them. They cannot go through `setData`, which carries no functions. */
  readonly phrases: {
    readonly stockLeft: (name: string, available: number) => string
    readonly shopperLeft: (name: string, available: number) => string
    readonly onlyLeft: (available: number) => string
    readonly limit: (quantityMax: number) => string
    readonly pieces: (quantity: number) => string
    readonly labelled: (label: string, value: string) => string
    readonly amountChanged: (shown: string, changed: string) => string
    readonly payBefore: (time: string, minutes: number) => string
    readonly changeTo: (quantity: number) => string
    readonly refund: (amount: string) => string
    /** Why a surplus is refunded, followed by the status of that refund. */
    readonly surplusRefund: (status: string) => string
  }
}

/** A merchant's own wording for any of the texts. */
export type TextOverrides = {
  readonly [Key in keyof Texts]?: Texts[Key] extends string ? string : Partial<Texts[Key]>
}
