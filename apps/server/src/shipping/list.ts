import {
  orderNumber,
  type ShippingQuery,
  type ShippingRecord,
  type ShippingRecords,
  type ShippingState,
} from '@tael/contracts'
import { type RawBuilder, sql } from 'kysely'
import { toAmount } from '../db/amount.ts'
import type { Db } from '../db/database.ts'
import { cutPage } from '../db/pages.ts'
import type { OrderRow, ShipmentRow } from '../db/rows.ts'
import { toOperatorShipment } from './view.ts'

const PAGE_SIZE = 50

/** A paid order, and its shipment, whose columns are null where there is none. */
type ListedRow = Pick<OrderRow, 'id' | 'reference' | 'currency' | 'value'> & {
  readonly paid_at: Date
  readonly shipment: Omit<ShipmentRow, 'shipped_at'> | null
  readonly shipped_at: Date | null
}

/** A page of orders that wait to be shipped, or were. */
export async function listShipments(
  db: Db,
  { state, after, limit = PAGE_SIZE }: ShippingQuery,
): Promise<ShippingRecords> {
  const { rows } = await sql<ListedRow>`${lists[state](after)} limit ${limit + 1}`.execute(db)
  const { page, next } = cutPage(rows, limit)
  return { orders: page.map(toShippingRecord), next }
}

const columns = sql`orders.id, reference, orders.currency, orders.value, orders.paid_at`
const withShipment = sql`select ${columns}, to_jsonb(shipments) as shipment, shipments.shipped_at
  from shipments join orders on orders.id = shipments.order_id`

/** The orders of each state from its cursor on, the id of the last order of the page before. */
const lists: Readonly<Record<ShippingState, (after: string | undefined) => RawBuilder<ListedRow>>> = {
  waiting: (after) => sql`
    select ${columns}, null::jsonb as shipment, null::timestamptz as shipped_at from orders
    where status = 'paid' and first_shipped_at is null
      and ${after === undefined ? sql`true` : sql`(paid_at, id) > (select paid_at, id from orders where id = ${after})`}
      and (
        select coalesce(sum(refunds.value), 0) < payments.value from payments
        left join refunds on refunds.payment_id = payments.id and refunds.status <> 'failed'
        where order_id = orders.id and pays_order group by payments.id
      )
    order by paid_at, id`,
  shipped: (after) => sql`
    ${withShipment}
    where ${after === undefined ? sql`true` : sql`(shipments.shipped_at, order_id) < (${lastShipped(after)})`}
    order by shipments.shipped_at desc, order_id desc`,
  upload_failed: (after) => sql`
    ${withShipment}
    where upload = 'failed'
      and ${after === undefined ? sql`true` : sql`(shipments.shipped_at, order_id) > (${lastShipped(after)})`}
    order by shipments.shipped_at, order_id`,
}

const lastShipped = (orderId: string) =>
  sql`select shipped_at, order_id from shipments where order_id = ${orderId}`

function toShippingRecord({ shipment, shipped_at, ...order }: ListedRow): ShippingRecord {
  return {
    orderId: order.id,
    orderNumber: orderNumber(order.id),
    reference: order.reference,
    amount: toAmount(order),
    paidAt: order.paid_at.toISOString(),
    shipment:
      shipment === null || shipped_at === null ? null : toOperatorShipment({ ...shipment, shipped_at }),
  }
}
