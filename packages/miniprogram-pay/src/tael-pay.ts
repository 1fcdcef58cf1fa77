import type { Amount, Payment } from '@tael/contracts'
import type { Cashier } from './cashier.ts'
import type { Login } from './login.ts'

export interface TaelPayOptions {
  /** The address of the Tael server, without a slash at its end. */
  readonly server: string
  /** Asks the shopper whether to pay `changed`, which differs from the amount `shown`. */
  readonly confirmAmount: (shown: Amount, changed: Amount) => Promise<boolean>
  /** Called where a request keeps the shopper waiting for seconds: show that the work goes on. */
  readonly onSlow?: () => void
  /** Begins the name of each value that is stored on the phone; `tael.` by default. */
  readonly storagePrefix?: string
  /** WeChat's by default; `simulatedWeChat` has both for places where WeChat Pay cannot be tested. */
  readonly cashier?: Cashier
  readonly login?: Login
}

/** An order of the server, and the amount that the shopper was shown. */
export interface PayableOrder {
  readonly orderId: string
  readonly amount: Amount
  /**
   * From the merchant's server: the first shopper who starts a payment with it is the payer. Null, as the
   * server answers it, and undefined where the order names its payer.
   */
  readonly payToken?: string | null | undefined
}

/**
 * What became of a tap. `shown`: there is a payment, paid or not, and its page was opened.
 * `declined`: the shopper did not confirm another amount. `busy`: another payment is under way, and
 * nothing was done.
 */
export type PayResult = 'shown' | 'declined' | 'busy'

/** An attempt to pay whose outcome the shopper has not seen. */
export interface StoredAttempt {
  readonly orderId: string
  readonly amount: Amount
  /** Undefined before the server's first answer. */
  readonly paymentId?: string
  /** Of wx.requestPayment, until the server has it. */
  readonly errMsg?: string
}

/** The stored attempt and its payment; null while that is unknown. */
export interface ResumedAttempt {
  readonly attempt: StoredAttempt
  readonly payment: Payment | null
}

export interface PaymentHandlers {
  readonly onPayment: (payment: Payment) => void
  /** A read failed and is retried: nothing new is known. */
  readonly onRetry?: (error: unknown) => void
  /** The server refuses to answer: there is no such payment, or this shopper may not read it. */
  readonly onRefusal?: (error: unknown) => void
  /** The payment was not decided for minutes. Reading goes on. */
  readonly onDelay?: () => void
}

/** The payment on the phone. A program has one of it. */
export interface TaelPay {
  /**
   * Pays an order, from the tap to the page that shows the payment. The order may also be created in
   * the same tap; null where the shopper declined it. `show` opens the page: no other payment begins
   * before it resolves. Throws where no payment was started, and what `show` throws.
   */
  pay(
    order: PayableOrder | (() => Promise<PayableOrder | null>),
    show: (paymentId: string) => unknown,
  ): Promise<PayResult>
  /** Whether a payment is under way, from the tap to the page that shows it. */
  isPaying(): boolean
  storedAttempt(): StoredAttempt | undefined
  /**
   * Resumes an attempt that was interrupted: the Mini Program was killed, or the network failed. Null
   * where there is none, or while `pay` is working on it. Call it whenever the Mini Program shows.
   */
  resume(): Promise<ResumedAttempt | null>
  /**
   * Reads a payment until its money has arrived: slowly once the attempt ended otherwise, because its
   * cashier may still take the money. Begins with what is `known` of it. Rejects with what a handler
   * throws, which is a bug.
   */
  watchPayment(
    paymentId: string,
    handlers: PaymentHandlers,
    isStopped: () => boolean,
    known?: Payment,
  ): Promise<void>
  /** Drops the attempt of a final payment. Call once the shopper has seen the outcome. */
  dropFinalAttempt(payment: Payment): void
}
