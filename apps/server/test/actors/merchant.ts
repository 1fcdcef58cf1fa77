import { randomUUID } from 'node:crypto'
import {
  type Amount,
  type Call,
  type MerchantEvent,
  type MerchantEventList,
  type MerchantEventQuery,
  type MerchantOrder,
  type MerchantOrderList,
  type MerchantOrderQuery,
  merchantRoutes,
  type OperatorRefund,
  type OperatorScope,
  type PlacedMerchantOrder,
  type PutMerchantOrder,
} from '@tael/contracts'
import { fen } from './client.ts'
import { createKey } from './key.ts'

const scopes: readonly OperatorScope[] = ['merchant:orders', 'merchant:refunds', 'merchant:read']

/** What a merchant's backend deals with. */
interface Surroundings {
  readonly databaseUrl: string
  readonly server: Call
}

/** The backend of a merchant who has orders of their own. */
export class Merchant {
  readonly #surroundings: Surroundings
  #key: Promise<string> | undefined

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  /** The key, which is made when it is needed first. */
  key(): Promise<string> {
    this.#key ??= createKey(this.#surroundings.databaseUrl, scopes)
    return this.#key
  }

  /** The same backend and key through another client. */
  through(server: Call): Merchant {
    const other = new Merchant({ ...this.#surroundings, server })
    other.#key = this.key()
    return other
  }

  /**
   * Puts an order, by default a new one of 40.00 CNY that whoever has its token may pay. The last two
   * digits of its value choose the simulator's scenario.
   */
  put(
    { value = 4000, ...terms }: Partial<PutMerchantOrder> & { readonly value?: number } = {},
    reference = `shop-${randomUUID()}`,
  ): Promise<PlacedMerchantOrder> {
    const body: PutMerchantOrder = {
      amount: fen(value),
      payer: null,
      description: { 'zh-CN': '龙井茶', en: 'Longjing tea' },
      ...terms,
    }
    return this.#call(merchantRoutes.putMerchantOrder, { params: { reference }, body })
  }

  get(reference: string): Promise<MerchantOrder> {
    return this.#call(merchantRoutes.getMerchantOrder, { params: { reference } })
  }

  list(query: MerchantOrderQuery = {}): Promise<MerchantOrderList> {
    return this.#call(merchantRoutes.listMerchantOrders, { query })
  }

  cancel(reference: string): Promise<MerchantOrder> {
    return this.#call(merchantRoutes.cancelMerchantOrder, { params: { reference } })
  }

  /** Refunds an order: all of it, or this much in minor units. */
  refund(
    { reference, amount }: { readonly reference: string; readonly amount: Amount },
    value = amount.value,
    idempotencyKey: string = randomUUID(),
  ): Promise<OperatorRefund> {
    const body = { amount: { ...amount, value } }
    return this.#call(merchantRoutes.refundMerchantOrder, { params: { reference }, body, idempotencyKey })
  }

  /** One page of the feed. */
  listEvents(query: MerchantEventQuery = {}): Promise<MerchantEventList> {
    return this.#call(merchantRoutes.listMerchantEvents, { query })
  }

  /** Every event of the feed; only about one order, where it is named. */
  async eventsOf(reference?: string): Promise<readonly MerchantEvent[]> {
    const events: MerchantEvent[] = []
    for (let page = await this.listEvents(); page.events.length > 0;) {
      events.push(...page.events)
      page = await this.listEvents({ after: page.next })
    }
    return events.filter(({ data }) => reference === undefined || data.reference === reference)
  }

  readonly #call: Call = async (route, input, options) =>
    this.#surroundings.server(route, input, { token: await this.key(), ...options })
}
