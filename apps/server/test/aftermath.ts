import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { HOUR, type Receiver, type Shop } from './actors/index.ts'
import * as Type from '@sinclair/typebox'
import type { ExistingShopServer } from './existing-shop.ts'
import { until } from './until.ts'

/** How long Adyen may deliver webhooks before we look again whether all are delivered. */
const DELIVERY_MS_MAX = 10_000

/**
 * Lets everything come to rest, as time would: webhooks, retried calls, expired orders, closed
 * attempts, refunds. `timeoutMs` grows with what was left to do.
 */
export async function settle({ adyen, clock, queue, database }: Shop, timeoutMs = 120_000): Promise<void> {
  const unsettled = `select
    (select count(*)::int from adyen_calls where answered_at is null) as calls,
    (select count(*)::int from webhook_items where state = 'attention') as webhooks,
    (select count(*)::int from orders where status = 'open') as orders,
    (select count(*)::int from payments where status in ('starting', 'awaiting_shopper', 'processing')) as payments,
    (select count(*)::int from refunds where status in ('requested', 'received')) as refunds,
    (select count(*)::int from pgboss.job where name = 'deliver-event' and state in ('created', 'retry', 'active')) as events`
  const nothing = { calls: 0, webhooks: 0, orders: 0, payments: 0, refunds: 0, events: 0 }
  let left: unknown
  const isDelivered = (): Promise<boolean> =>
    Promise.race([adyen.waitForDeliveries().then(() => true), pause(DELIVERY_MS_MAX, false)])
  const isSettled = async (): Promise<boolean> => {
    left = await database.row(unsettled)
    if (!(await isDelivered())) return false
    await clock.passTime(HOUR)
    // Abandoned calls are retried every minute; that minute passes too.
    await queue.enqueue('retry-abandoned-calls', {})
    if (!(await isDelivered())) return false
    left = await database.row(unsettled)
    return isDeepStrictEqual(left, nothing)
  }
  await until(isSettled, { timeoutMs, intervalMs: 500 }).catch((error: unknown) => {
    throw new Error(`It does not come to rest: ${JSON.stringify(left)}`, { cause: error })
  })
}

/** What is compared is worth it with so many paid payments, and so many events. */
const COMPARED_MIN = 10
const SHIPPED_MIN = 3

const ShipmentRow = Type.Object({ reference: Type.String() })
const shipments = 'select reference from shipments'

/** Waits until the crowd has paid often enough: a slow machine may have let it pay only a few times. */
export async function letCrowdPay(
  { adyen, database }: Shop,
  existingShop: ExistingShopServer,
): Promise<void> {
  await until(
    async () => {
      const paid = (await adyen.ledger()).filter((payment) => payment.paid > 0)
      return (
        paid.length >= COMPARED_MIN &&
        (await database.count('merchant_events', 'true')) >= COMPARED_MIN &&
        existingShop.rows(ShipmentRow, shipments).length >= SHIPPED_MIN
      )
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  )
}

/**
 * Compares the events about a merchant's orders with what their backend received, and the state of
 * each order that it concludes from them with ours. Describes each difference.
 */
export async function undelivered({ database }: Shop, receiver: Receiver): Promise<string[]> {
  const { rows: events } = await database.pool.query<{ id: string }>('select id from merchant_events')
  const received = new Set(receiver.received.map(({ event }) => event.id))
  const recorded = new Set(events.map(({ id }) => id))
  const { rows: orders } = await database.pool.query<{ reference: string; status: string; version: number }>(
    'select reference, status, version from orders where reference is not null',
  )
  if (recorded.size < COMPARED_MIN) return [`fewer than ${COMPARED_MIN} events were recorded`]
  return [
    ...[...recorded].filter((id) => !received.has(id)).map((id) => `${id} was never delivered`),
    ...[...received].filter((id) => !recorded.has(id)).map((id) => `${id} reports what did not happen`),
    ...orders.flatMap(({ reference, status, version }) => {
      const last = receiver.eventsOf(reference).at(-1)
      if (last?.data.status === status && last.version === version) return []
      return [
        `${reference} is ${status} at ${version}, but its backend knows ${last?.data.status} at ${last?.version}`,
      ]
    }),
    ...(receiver.forged > 0 ? [`${receiver.forged} deliveries had no valid signature`] : []),
  ]
}

const ShopOrderRow = Type.Object({ reference: Type.String(), value: Type.Integer(), status: Type.String() })
const EventRow = Type.Object({ id: Type.String() })

/**
 * Compares the orders, shipments and events in the database of the merchant's own server with our
 * records and the simulator's ledger. Describes each difference.
 */
export async function unshipped(
  { adyen, database }: Shop,
  existingShop: ExistingShopServer,
): Promise<string[]> {
  const { rows: orders } = await database.pool.query<{
    reference: string
    status: string
    payment: string | null
    was_paid: boolean
  }>(
    `select reference, status, (select id from payments where order_id = orders.id and pays_order) as payment,
       exists (select from merchant_events where order_id = orders.id and type = 'order.paid') as was_paid
     from orders where reference is not null`,
  )
  const ours = new Map(orders.map((order) => [order.reference, order]))
  const paid = new Map((await adyen.ledger()).map((payment) => [payment.merchantReference, payment.paid]))
  const theirs = existingShop.rows(ShopOrderRow, 'select reference, value, status from orders')
  const shipped = new Set(existingShop.rows(ShipmentRow, shipments).map(({ reference }) => reference))
  const processed = new Set(existingShop.rows(EventRow, 'select id from events').map(({ id }) => id))
  const { rows: events } = await database.pool.query<{ id: string }>('select id from merchant_events')
  if (shipped.size < SHIPPED_MIN) return [`fewer than ${SHIPPED_MIN} orders were shipped`]
  return [
    ...events.filter(({ id }) => !processed.has(id)).map(({ id }) => `the shop never processed ${id}`),
    ...theirs.flatMap(({ reference, value, status }) => {
      const order = ours.get(reference)
      // Tael may never have been asked to take its payment.
      const known = order?.status ?? 'open'
      const atAdyen = paid.get(order?.payment ?? '') ?? 0
      return [
        ...(status === known ? [] : [`${reference} is ${status} at the shop and ${known} here`]),
        ...(shipped.has(reference) === (order?.was_paid ?? false) ? [] : [`${reference}: shipped or not`]),
        ...(order?.was_paid === true && atAdyen !== value
          ? [`${reference} costs ${value}, and Adyen took ${atAdyen}`]
          : []),
      ]
    }),
    ...[...shipped]
      .filter((reference) => !theirs.some((order) => order.reference === reference))
      .map((reference) => `${reference} was shipped and never ordered`),
  ]
}

/**
 * Compares our records with the simulator's ledger, payment by payment, to the minor unit.
 * Describes each difference.
 */
export async function differences({ adyen, database }: Shop): Promise<string[]> {
  const ledger = await adyen.ledger()
  const atAdyen = Map.groupBy(ledger, ({ merchantReference }) => merchantReference)
  const { rows: payments } = await database.pool.query<{ id: string; paid: number; refunded: number }>(
    `select id, case when status = 'authorised' then value::int else 0 end as paid,
       coalesce((select sum(value) from refunds where payment_id = payments.id and status = 'refunded'), 0)::int as refunded
     from payments`,
  )
  const found: string[] = []
  if (ledger.filter(({ paid }) => paid > 0).length < COMPARED_MIN)
    found.push(`fewer than ${COMPARED_MIN} payments were made`)
  const ours = new Set(payments.map(({ id }) => id))
  for (const reference of atAdyen.keys()) {
    if (!ours.has(reference)) found.push(`${reference} is known to Adyen and not to us`)
  }
  for (const { id, paid, refunded } of payments) {
    const entries = atAdyen.get(id) ?? []
    if (entries.length > 1) found.push(`${id} was started ${entries.length} times`)
    const there = { paid: entries[0]?.paid ?? 0, refunded: entries[0]?.refunded ?? 0 }
    if (there.paid !== paid || there.refunded !== refunded) {
      found.push(
        `${id}: paid ${paid} and refunded ${refunded} here, ${there.paid} and ${there.refunded} at Adyen`,
      )
    }
  }
  return found
}
