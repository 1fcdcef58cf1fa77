import { randomUUID } from 'node:crypto'
import { Client, Pool } from 'pg'

/** One row, by its columns. */
export type Row = Record<string, unknown>

/** What a product's stock is made of, in pieces. */
export interface Stock {
  readonly free: number
  readonly reserved: number
  readonly sold: number
}

/** One line of the audit trail. */
export interface OperatorAction {
  /** Null for a command. */
  readonly operator: string | null
  readonly action: string
  readonly detail: Readonly<Record<string, unknown>>
  readonly requestId: string | null
}

/** A webhook item as it is stored. */
export interface InboxItem {
  readonly id: number
  readonly state: string
  readonly deliveries: number
  readonly item: unknown
  readonly eventDate: Date
}

/** The shop's database, for what no actor can answer: ask an actor first. */
export class Database {
  readonly url: string
  readonly pool: Pool

  constructor(url: string) {
    this.url = url
    // Whatever a test waits for: to connect again takes longer than most queries.
    this.pool = new Pool({ connectionString: url, idleTimeoutMillis: 0 })
  }

  async rows(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.pool.query<Row>(sql, [...values])).rows
  }

  /** The first row. Throws where there is none. */
  async row(sql: string, values: readonly unknown[] = []): Promise<Row> {
    const [first] = await this.rows(sql, values)
    if (first === undefined) throw new Error(`No row: ${sql}`)
    return first
  }

  /** How many rows of a table satisfy a condition. */
  async count(table: string, condition: string, values: readonly unknown[] = []): Promise<number> {
    const { count } = await this.row(`select count(*)::int as count from ${table} where ${condition}`, values)
    return Number(count)
  }

  /** The tables that hold one of these texts anywhere, and pg-boss's. */
  async tablesWith(texts: readonly string[]): Promise<readonly string[]> {
    const tables = await this.rows(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema in ('public', 'pgboss') and table_type = 'BASE TABLE'`,
    )
    const holding: string[] = []
    for (const { name } of tables) {
      const rows = await this.rows(`select row_to_json(each)::text as row from ${String(name)} each`)
      const all = rows.map(({ row }) => String(row)).join('\n')
      if (texts.some((text) => all.includes(text))) holding.push(String(name))
    }
    return holding
  }

  /** Puts a product on sale at this price in fen, and returns its id. */
  async addProduct(price: number, stock: number): Promise<string> {
    const id = `test-${randomUUID()}`
    await this.rows(
      `with product as (
         insert into products (id, position, name_zh, name_en, stock_free)
         values ($1, (random() * 2000000000)::int, '测试', 'Test', $2)
       ), intake as (
         insert into stock_intakes (product_id, pieces) select $1, $2 where $2 <> 0
       ) insert into product_prices (product_id, currency, value) values ($1, 'CNY', $3)`,
      [id, stock, price],
    )
    return id
  }

  async stockOf(productId: string): Promise<Stock> {
    const [stock] = (
      await this.pool.query<Stock>(
        'select stock_free as free, stock_reserved as reserved, stock_sold as sold from products where id = $1',
        [productId],
      )
    ).rows
    if (stock === undefined) throw new Error(`There is no product ${productId}.`)
    return stock
  }

  /** The status of the upload of an order's shipment to WeChat. */
  async uploadOf(orderId: string): Promise<unknown> {
    return (await this.row('select upload from shipments where order_id = $1', [orderId]))['upload']
  }

  /** The audit trail, oldest first; only about one order, payment or product, where it is named. */
  async operatorActions(subject?: string): Promise<readonly OperatorAction[]> {
    const sql = `select name as operator, action, detail, request_id as "requestId"
      from operator_actions left join operator_keys on operator_keys.id = actor
      where $1::text is null or subject = $1 order by operator_actions.id`
    return (await this.pool.query<OperatorAction>(sql, [subject])).rows
  }

  /** The stored webhook items with this reference, in the order of their arrival. */
  async inboxItems(
    reference: { readonly pspReference: string } | { readonly merchantReference: string },
  ): Promise<readonly InboxItem[]> {
    const [column, value] =
      'pspReference' in reference
        ? ['psp_reference', reference.pspReference]
        : ['merchant_reference', reference.merchantReference]
    const sql = `select id::int, state, deliveries, item, event_date as "eventDate"
      from webhook_items where ${column} = $1 order by id`
    return (await this.pool.query<InboxItem>(sql, [value])).rows
  }

  /** Does the work while these payments are locked, and then unchanged. */
  async whileLocked(paymentIds: readonly string[], work: () => Promise<void>): Promise<void> {
    const holder = await this.pool.connect()
    try {
      await holder.query('begin')
      await holder.query('select from payments where id = any($1) for update', [paymentIds])
      await work()
    } finally {
      await holder.query('rollback')
      holder.release()
    }
  }

  /** Changes records behind the server's back, even those that its triggers protect. */
  async tamper(sql: string, values: readonly unknown[] = []): Promise<void> {
    const client = await this.pool.connect()
    try {
      await client.query('set session_replication_role = replica')
      await client.query(sql, [...values])
      await client.query('set session_replication_role = origin')
    } finally {
      client.release()
    }
  }

  async close(): Promise<void> {
    await this.pool.end()
  }
}

/** A new database in this PostgreSQL, empty or a copy of another one there. Returns its URL. */
export async function createDatabase(postgresUrl: string, template = 'template1'): Promise<string> {
  const url = new URL(postgresUrl)
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const client = new Client({ connectionString: url.href })
  await client.connect()
  // Copied as files: through the log, as by default, each takes four times the work.
  await client.query(`create database ${name} template ${template} strategy file_copy`)
  await client.end()
  url.pathname = `/${name}`
  return url.href
}
