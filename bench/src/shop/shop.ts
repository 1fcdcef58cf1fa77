import { randomBytes } from 'node:crypto'
import { newId } from '@tael/server/ids'
import { Pool } from 'pg'
import { insertShoppers, type Shopper } from './shoppers.ts'

/** A product of every shop that is measured. */
export const products = Array.from({ length: 10 }, (_, index) => `bench-${index}`)
const STOCK = 100_000_000
const CURRENCY = 'CNY'
const PRICE = 100

export const amount = { currency: CURRENCY, value: PRICE } as const

/** An order that waits to be paid. */
export interface OpenOrder {
  readonly id: string
  readonly shopper: Shopper
  readonly productId: string
}

/** A payment whose cashier is open. */
export interface Attempt {
  readonly id: string
  readonly pspReference: string
  readonly shopper: Shopper
}

/**
 * The records of a program under load. What a measurement starts from is inserted here as Tael would have left it: its
 * invariants hold, and `reconcile` finds no difference.
 */
export class Shop {
  readonly databaseUrl: string
  readonly #pool: Pool
  readonly #shoppers: readonly Shopper[]
  #next = 0

  constructor(databaseUrl: string, shoppers: readonly Shopper[]) {
    this.databaseUrl = databaseUrl
    this.#pool = new Pool({ connectionString: databaseUrl, max: 1, idleTimeoutMillis: 0 })
    this.#pool.on('error', () => undefined)
    this.#shoppers = shoppers
  }

  /** Logs the shoppers in and puts the products on sale. */
  async open(): Promise<void> {
    await insertShoppers(this.#pool, this.#shoppers)
    await this.#pool.query(
      `insert into products (id, position, name_zh, name_en, stock_free)
       select id, 1000 + n, '测试', 'Test', $2 from unnest($1::text[]) with ordinality as one (id, n)`,
      [products, STOCK],
    )
    await this.#pool.query(
      'insert into stock_intakes (product_id, pieces) select id, $2 from unnest($1::text[]) as id',
      [products, STOCK],
    )
    await this.#pool.query(
      'insert into product_prices (product_id, currency, value) select id, $2, $3 from unnest($1::text[]) as id',
      [products, CURRENCY, PRICE],
    )
  }

  /** The next of the shoppers, each in turn. */
  nextShopper(): Shopper {
    const shopper = this.#shoppers[this.#next % this.#shoppers.length]
    this.#next += 1
    if (shopper === undefined) throw new Error('There are no shoppers.')
    return shopper
  }

  /** Opens orders of one piece each, over these products in turn. */
  async openOrders(count: number, of: readonly string[] = products): Promise<readonly OpenOrder[]> {
    const orders = Array.from({ length: count }, (_, index) => ({
      id: newId('ord'),
      shopper: this.nextShopper(),
      productId: of[index % of.length] ?? '',
    }))
    await this.#pool.query(
      `with ordered as (
         insert into orders (id, shopper_id, status, currency, value, lines, expires_at)
         select id, shopper_id, 'open', $4::text, $5::int, jsonb_build_array(jsonb_build_object(
           'productId', product_id, 'name', jsonb_build_object('zh-CN', '测试', 'en', 'Test'), 'quantity', 1,
           'unitPrice', jsonb_build_object('currency', $4::text, 'value', $5::int),
           'amount', jsonb_build_object('currency', $4::text, 'value', $5::int)
         )), now() + interval '2 hours'
         from unnest($1::text[], $2::text[], $3::text[]) as one (id, shopper_id, product_id)
       )
       update products set stock_free = stock_free - pieces, stock_reserved = stock_reserved + pieces
       from (select product_id, count(*)::int as pieces from unnest($3::text[]) as product_id group by 1) as sold
       where products.id = product_id`,
      [
        orders.map(({ id }) => id),
        orders.map(({ shopper }) => shopper.id),
        orders.map(({ productId }) => productId),
        CURRENCY,
        PRICE,
      ],
    )
    return orders
  }

  /** Starts payments of new orders: Adyen has answered, the cashier is open. */
  async startAttempts(count: number, of: readonly string[] = products): Promise<readonly Attempt[]> {
    const orders = await this.openOrders(count, of)
    const attempts = orders.map(({ shopper }) => ({
      id: newId('pay'),
      pspReference: randomBytes(8).toString('hex').toUpperCase(),
      shopper,
    }))
    const columns = [
      attempts.map(({ id }) => id),
      orders.map(({ id }) => id),
      orders.map(({ shopper }) => shopper.id),
    ]
    await this.#pool.query(
      `insert into payments (id, order_id, shopper_id, currency, value, status, result_code, version, payment_data, wx_parameters)
       select id, order_id, shopper_id, $4, $5, 'awaiting_shopper', 'Pending', 2, $6, $7
       from unnest($1::text[], $2::text[], $3::text[]) as one (id, order_id, shopper_id)`,
      [...columns, CURRENCY, PRICE, `Ab02b4c0!${'d'.repeat(160)}`, JSON.stringify(cashier)],
    )
    await this.#pool.query(
      `insert into adyen_calls (payment_id, operation, idempotency_key, leased_until, answered_at)
       select id, 'payments', gen_random_uuid(), now(), now() from unnest($1::text[]) as id`,
      columns.slice(0, 1),
    )
    await this.#pool.query(
      `insert into payment_events (payment_id, version, source, type, from_status, to_status, detail)
       select id, version, source, type, from_status, to_status, detail::json from unnest($1::text[]) with ordinality as one (id, n)
       cross join (values
         (1, 'shopper', 'started', null, 'starting', '{}'),
         (2, 'adyen', 'cashier_ready', 'starting', 'awaiting_shopper', '{"result":{"resultCode":"Pending"}}')
       ) as event (version, source, type, from_status, to_status, detail)
       order by n, version`,
      columns.slice(0, 1),
    )
    return attempts
  }

  /** Cleans up and counts what was inserted, so that no measurement pays for what was inserted for it. */
  async settle(): Promise<void> {
    await this.#pool.query('vacuum analyze')
  }

  /** Paid payments, chosen by chance. */
  async somePayments(count: number): Promise<readonly Attempt[]> {
    const { rows } = await this.#pool.query<{ id: string; shopper_id: string; psp_reference: string }>(
      `select id, shopper_id, psp_reference from payments where status = 'authorised' order by random() limit $1`,
      [count],
    )
    const shoppers = new Map(this.#shoppers.map((shopper) => [shopper.id, shopper]))
    return rows.flatMap(({ id, shopper_id, psp_reference: pspReference }) => {
      const shopper = shoppers.get(shopper_id)
      return shopper === undefined ? [] : [{ id, pspReference, shopper }]
    })
  }

  async count(table: string, condition: string): Promise<number> {
    const { rows } = await this.#pool.query<{ count: string }>(
      `select count(*) as count from ${table} where ${condition}`,
    )
    return Number(rows[0]?.count)
  }

  close(): Promise<void> {
    return this.#pool.end()
  }
}

const cashier = {
  timeStamp: '1795000000',
  nonceStr: '0123456789abcdef0123456789abcdef',
  package: 'prepay_id=wx0123456789abcdef0123456789abcdef00',
  signType: 'RSA',
  paySign: 'S'.repeat(344),
}
