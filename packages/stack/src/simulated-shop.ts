import { randomUUID } from 'node:crypto'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { demoCredentials } from '@tael/config'
import {
  type Amount,
  type Call,
  createCall,
  type Order,
  type Payment,
  type Product,
  shopperRoutes,
  type StartedPayment,
  type Transport,
} from '@tael/contracts'
import { transportTo } from './transport.ts'

const Code = Type.Object({ code: Type.String() })
const Cashier = Type.Object({ prepayId: Type.String() })
const Tapped = Type.Object({ errMsg: Type.String() })

/** A webhook item for the simulator to send as Adyen does; what is absent is that of an authorisation. */
export interface SentItem {
  readonly eventCode: string
  readonly pspReference?: string
  readonly originalReference?: string
  readonly reason?: string
  readonly success?: 'true' | 'false'
  readonly amount?: Amount
  readonly merchantReference?: string
}

/** The programs that a simulated shop needs, as those of a stack are. */
interface Programs {
  readonly server: { readonly url: string; readonly operatorsUrl: string }
  readonly simulator: { readonly url: string }
}

/** What shoppers and Adyen do at a running stack, by the calls that phones and Adyen make. */
export class SimulatedShop {
  readonly #stack: Programs
  readonly #call: Call

  /** Phones reach the server of the stack, or whatever their `transport` leads to. */
  constructor(stack: Programs, transport: Transport = transportTo(stack.server.url)) {
    this.#stack = stack
    this.#call = createCall(transport)
  }

  /** How payments end from now on, by a scenario of the simulator; null: as their amount says. */
  async setScenario(scenario: string | null): Promise<void> {
    await this.#simulate('PUT', '/scenario', { scenario })
  }

  /** Lets Adyen send a webhook item, and waits until everything that it has to send is delivered. */
  async deliver(item: SentItem): Promise<void> {
    await this.#simulate('POST', '/webhooks', { success: 'true', ...item })
    await this.waitForAdyen()
  }

  async waitForAdyen(): Promise<void> {
    await this.#simulate('POST', '/idle')
  }

  /** Losses and delays of the simulator, on from now on; an empty list ends them. */
  async setFaults(...faults: readonly { readonly name: string; readonly call?: string }[]): Promise<void> {
    await this.#simulate('PUT', '/scenario', {
      faults: faults.map((fault) => ({ probability: 1, ...fault })),
    })
  }

  async products(): Promise<readonly Product[]> {
    return (await this.#call(shopperRoutes.listProducts, {})).products
  }

  /** Logs a shopper in. */
  async shopper(name: string): Promise<SimulatedShopper> {
    const { code } = Parse(Code, await this.#simulate('POST', '/wechat/codes', { shopper: name }))
    const { token } = await this.#call(shopperRoutes.login, { body: { code } })
    const call: Call = (route, input, options) => this.#call(route, input, { token, ...options })
    return new SimulatedShopper(call, (attempt, tap) => this.#useCashier(attempt, tap))
  }

  /** Calls the operators' routes with this key. */
  operator(key: string): Call {
    const call = createCall(transportTo(this.#stack.server.operatorsUrl))
    return (route, input, options) => call(route, input, { token: key, ...options })
  }

  async #useCashier({ requestPayment }: StartedPayment, tap: 'pay' | 'cancel'): Promise<string> {
    const request = { appId: demoCredentials.WECHAT_APP_ID, ...requestPayment }
    const { prepayId } = Parse(Cashier, await this.#simulate('POST', '/cashier', request))
    return Parse(Tapped, await this.#simulate('POST', `/cashier/${prepayId}/${tap}`)).errMsg
  }

  async #simulate(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.#stack.simulator.url}/simulator${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`The simulator refused ${method} ${path}: ${await answer.text()}`)
    return answer.json()
  }
}

/** A shopper with a session, who buys through the API as the Mini Program does. */
export class SimulatedShopper {
  readonly #call: Call
  readonly #useCashier: (attempt: StartedPayment, tap: 'pay' | 'cancel') => Promise<string>

  constructor(call: Call, useCashier: (attempt: StartedPayment, tap: 'pay' | 'cancel') => Promise<string>) {
    this.#call = call
    this.#useCashier = useCashier
  }

  order(productId: string, quantity = 1): Promise<Order> {
    const body = { lines: [{ productId, quantity }] }
    return this.#call(shopperRoutes.createOrder, { idempotencyKey: randomUUID(), body })
  }

  start({ id, amount }: Pick<Order, 'id' | 'amount'>): Promise<StartedPayment> {
    const body = { orderId: id, amount }
    return this.#call(shopperRoutes.startPayment, { idempotencyKey: randomUUID(), body })
  }

  /** Opens the cashier, taps there, and reports what it returned. */
  async finish(attempt: StartedPayment, tap: 'pay' | 'cancel' = 'pay'): Promise<Payment> {
    const paymentStatus = await this.#useCashier(attempt, tap)
    const body = { paymentId: attempt.payment.id, details: { paymentStatus } }
    return this.#call(shopperRoutes.submitPaymentDetails, { body })
  }

  /** Orders and pays. */
  async buy(productId: string, quantity = 1): Promise<Payment> {
    return this.finish(await this.start(await this.order(productId, quantity)))
  }

  requestRefund(orderId: string): Promise<Order> {
    return this.#call(shopperRoutes.requestRefund, { params: { orderId } })
  }

  cancel(orderId: string): Promise<Order> {
    return this.#call(shopperRoutes.cancelOrder, { params: { orderId } })
  }
}
