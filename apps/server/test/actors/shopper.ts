import { randomUUID } from 'node:crypto'
import {
  type Amount,
  type Call,
  type CreateOrder,
  type Order,
  type OrderList,
  type Payment,
  shopperRoutes,
  type StartedPayment,
} from '@tael/contracts'
import { authorised, callTo } from './client.ts'
import type { WeChat } from './wechat.ts'

/** What a shopper deals with. */
interface Surroundings {
  readonly weChat: WeChat
  readonly server: Call
  /** Puts a product on sale at this price in fen, and returns its id. */
  addProduct(price: number): Promise<string>
}

/** An order of the shop, or one of a merchant with what lets a shopper pay it. */
export interface PayableOrder {
  readonly id: string
  readonly amount: Amount
  readonly payToken?: string | null
}

/** A shopper with a session. An attempt is what `startPayment` returns. */
export class Shopper {
  readonly name: string
  readonly token: string
  /** Calls any route in the shopper's session, for input that no method makes. */
  readonly call: Call
  readonly #surroundings: Surroundings

  private constructor(name: string, token: string, surroundings: Surroundings) {
    this.name = name
    this.token = token
    this.call = authorised(surroundings.server, token)
    this.#surroundings = surroundings
  }

  static async logIn(name: string, surroundings: Surroundings): Promise<Shopper> {
    const code = await surroundings.weChat.loginCode(name)
    const { token } = await surroundings.server(shopperRoutes.login, { body: { code } })
    return new Shopper(name, token, surroundings)
  }

  /** The same shopper and session at another server. */
  at(server: { readonly url: string }): Shopper {
    return this.through(callTo(server))
  }

  /** The same shopper and session through another client. */
  through(server: Call): Shopper {
    return new Shopper(this.name, this.token, { ...this.#surroundings, server })
  }

  /**
   * Orders one piece of a new product at this price in fen; its last two digits choose the
   * simulator's scenario.
   */
  async order(price: number): Promise<Order> {
    const productId = await this.#surroundings.addProduct(price)
    return this.orderProducts([{ productId, quantity: 1 }])
  }

  orderProducts(lines: CreateOrder['lines'], idempotencyKey: string = randomUUID()): Promise<Order> {
    return this.call(shopperRoutes.createOrder, { idempotencyKey, body: { lines } })
  }

  /** Orders at the total that the phone showed. */
  orderAt(
    amount: Amount,
    lines: CreateOrder['lines'],
    idempotencyKey: string = randomUUID(),
  ): Promise<Order> {
    return this.call(shopperRoutes.createOrder, { idempotencyKey, body: { lines, amount } })
  }

  /** Starts an attempt to pay an order at its own amount, with its pay token where it has one. */
  startPayment(
    { id, amount, payToken }: PayableOrder,
    idempotencyKey: string = randomUUID(),
  ): Promise<StartedPayment> {
    const body = { orderId: id, amount, ...(typeof payToken === 'string' ? { payToken } : {}) }
    return this.call(shopperRoutes.startPayment, { idempotencyKey, body })
  }

  /** Starts an attempt to pay a new order at this price in fen. */
  async startBuying(price: number): Promise<StartedPayment> {
    return this.startPayment(await this.order(price))
  }

  /**
   * Pays at the cashier. Returns the errMsg of `wx.requestPayment`, which the server does not know
   * yet.
   */
  payAtCashier(attempt: StartedPayment): Promise<string> {
    return this.#useCashier(attempt, 'pay')
  }

  cancelAtCashier(attempt: StartedPayment): Promise<string> {
    return this.#useCashier(attempt, 'cancel')
  }

  /** Passes the errMsg of `wx.requestPayment` on to the server. */
  submitDetails({ payment }: StartedPayment, paymentStatus: string): Promise<Payment> {
    const body = { paymentId: payment.id, details: { paymentStatus } }
    return this.call(shopperRoutes.submitPaymentDetails, { body })
  }

  /** Pays at the cashier and passes its errMsg on. */
  async pay(attempt: StartedPayment): Promise<Payment> {
    return this.submitDetails(attempt, await this.payAtCashier(attempt))
  }

  /** Cancels at the cashier and passes its errMsg on. */
  async cancelPayment(attempt: StartedPayment): Promise<Payment> {
    return this.submitDetails(attempt, await this.cancelAtCashier(attempt))
  }

  /** Orders at this price in fen and pays. */
  async buy(price: number): Promise<Payment> {
    return this.pay(await this.startBuying(price))
  }

  getOrder(orderId: string): Promise<Order> {
    return this.call(shopperRoutes.getOrder, { params: { orderId } })
  }

  getPayment(paymentId: string): Promise<Payment> {
    return this.call(shopperRoutes.getPayment, { params: { paymentId } })
  }

  /** Waits for the payment to change, as the phone does; `timeoutMs` is when the phone gives up. */
  waitForChange({ id, version }: Payment, { waitMs = 25_000, timeoutMs = 30_000 } = {}): Promise<Payment> {
    const input = { params: { paymentId: id }, query: { afterVersion: version, waitMs } }
    return this.call(shopperRoutes.getPayment, input, { timeoutMs })
  }

  listOrders(query: { readonly limit?: number; readonly before?: string } = {}): Promise<OrderList> {
    return this.call(shopperRoutes.listOrders, { query })
  }

  cancelOrder(orderId: string): Promise<Order> {
    return this.call(shopperRoutes.cancelOrder, { params: { orderId } })
  }

  requestRefund(orderId: string): Promise<Order> {
    return this.call(shopperRoutes.requestRefund, { params: { orderId } })
  }

  async logOut(): Promise<void> {
    await this.call(shopperRoutes.logout, {})
  }

  /** Accepts one subscribe message, as a tap on the phone does. */
  acceptMessage(templateId: string): Promise<void> {
    return this.#surroundings.weChat.acceptMessage(this.name, templateId)
  }

  async #useCashier({ requestPayment }: StartedPayment, tap: 'pay' | 'cancel'): Promise<string> {
    if (requestPayment === null) throw new Error('The attempt has no parameters to open a cashier with.')
    return this.#surroundings.weChat.useCashier(requestPayment, tap)
  }
}
