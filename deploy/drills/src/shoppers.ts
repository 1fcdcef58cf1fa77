import { setTimeout as pause } from 'node:timers/promises'
import { NoAnswerError, ProblemError, type Transport } from '@tael/contracts'
import { transportTo } from '@tael/stack'
import { SimulatedShop, type SimulatedShopper } from '@tael/stack/simulated-shop'

const SHOPPERS = 6
/** Between two purchases of one shopper. */
const PAUSE_MS = 300
const RETRY_MS = 200
/** How long a phone sends the same request again. */
const PATIENCE_MS = 120_000
const PRODUCT = 'tea-jasmine'

/** What shoppers were told, by the ids of what they were told about. */
export interface Acknowledged {
  readonly orders: Set<string>
  readonly payments: Set<string>
  readonly authorised: Set<string>
}

/** Shoppers who buy through the API until they leave, at whichever server answers. */
export class Shoppers {
  readonly acknowledged: Acknowledged = { orders: new Set(), payments: new Set(), authorised: new Set() }
  /** When each purchase was reported as paid: by `performance.now()`, in order. */
  readonly paidAt: number[] = []
  /** Why purchases ended otherwise, and how often. */
  readonly failures = new Map<string, number>()
  /** How many purchases were answered before Adyen's answer was recorded: the webhook decides them. */
  undecided = 0
  readonly #shop: SimulatedShop
  readonly #over = new AbortController()
  #visits: Promise<unknown> = Promise.resolve()

  constructor(servers: readonly { readonly url: string }[], simulator: { readonly url: string }) {
    const [server] = servers
    if (server === undefined) throw new Error('Shoppers need a server.')
    const programs = { server: { url: server.url, operatorsUrl: server.url }, simulator }
    this.#shop = new SimulatedShop(programs, insistentTransport(servers, this.#over.signal))
  }

  start(): void {
    this.#visits = Promise.all(Array.from({ length: SHOPPERS }, (_, index) => this.#visit(`drill-${index}`)))
  }

  /** Ends the visits, once each purchase that has begun has ended. */
  async leave(): Promise<void> {
    this.#over.abort()
    await this.#visits
  }

  /** Waits until somebody who ordered from now on has paid. */
  async waitForPurchase(timeoutMs: number): Promise<void> {
    const before = this.paidAt.length
    const end = performance.now() + timeoutMs
    while (this.paidAt.length < before + SHOPPERS) {
      if (performance.now() > end) throw new Error(`Nobody could pay for ${timeoutMs / 1000} s.`)
      await pause(50)
    }
  }

  async #visit(name: string): Promise<void> {
    let shopper: SimulatedShopper | undefined
    while (!this.#over.signal.aborted) {
      try {
        shopper ??= await this.#shop.shopper(name)
        await this.#buy(shopper)
      } catch (error) {
        const reason = error instanceof ProblemError ? error.problem.code : String(error)
        this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1)
      }
      await pause(PAUSE_MS)
    }
  }

  async #buy(shopper: SimulatedShopper): Promise<void> {
    const order = await shopper.order(PRODUCT)
    this.acknowledged.orders.add(order.id)
    let attempt = await shopper.start(order)
    this.acknowledged.payments.add(attempt.payment.id)
    // What Adyen answered could not be recorded yet: to start again continues the attempt, as phones do.
    for (
      const end = performance.now() + PATIENCE_MS;
      attempt.requestPayment === null && performance.now() < end;
      attempt = await shopper.start(order)
    )
      await pause(RETRY_MS)
    const payment = await shopper.finish(attempt)
    if (payment.status === 'processing') {
      this.undecided += 1
      return
    }
    if (payment.status !== 'authorised') throw new Error(`A payment was answered ${payment.status}`)
    this.acknowledged.authorised.add(payment.id)
    this.paidAt.push(performance.now())
  }
}

/** Sends a request again, with the same Idempotency-Key, to the servers in turn, as phones do while none is ready. */
function insistentTransport(servers: readonly { readonly url: string }[], over: AbortSignal): Transport {
  const transports = servers.map(({ url }) => transportTo(url))
  let next = 0
  return async (request) => {
    const end = performance.now() + PATIENCE_MS
    for (;;) {
      next += 1
      const transport = transports[next % transports.length]
      if (transport === undefined) throw new Error('No server runs.')
      const isLast = performance.now() > end || over.aborted
      try {
        const answer = await transport(request)
        if (answer.status !== 503 || isLast) return answer
      } catch (error) {
        if (!(error instanceof NoAnswerError) || isLast) throw error
      }
      await pause(RETRY_MS)
    }
  }
}
