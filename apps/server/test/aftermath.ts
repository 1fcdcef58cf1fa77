import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { vi } from 'vitest'
import { idle, passTime, row, type Shop, simulate } from './shop.ts'

const HOUR = 3600

/** How long Adyen may deliver webhooks at a time before it is asked again whether it has come to the end. */
const DELIVERY_MS_MAX = 10_000

/**
 * Lets everything come to rest, as time would: webhooks, calls made again, orders expired, attempts closed, refunds.
 * `timeout`, in milliseconds, grows with what was left to do.
 */
export async function settle(shop: Shop, timeout = 120_000): Promise<void> {
  const restless = `select
    (select count(*)::int from adyen_calls where answered_at is null) as calls,
    (select count(*)::int from webhook_items where state = 'attention') as webhooks,
    (select count(*)::int from orders where status = 'open') as orders,
    (select count(*)::int from payments where status in ('starting', 'awaiting_shopper', 'processing')) as payments,
    (select count(*)::int from refunds where status in ('requested', 'received')) as refunds`
  const atRest = { calls: 0, webhooks: 0, orders: 0, payments: 0, refunds: 0 }
  let standing: unknown
  const isDelivered = (): Promise<boolean> =>
    Promise.race([idle(shop).then(() => true), pause(DELIVERY_MS_MAX, false)])
  const rests = async (): Promise<boolean> => {
    standing = await row(shop, restless)
    if (!(await isDelivered())) return false
    await passTime(shop, HOUR)
    // What a dead process left is looked for every minute; that minute passes too.
    await shop.db.query(`insert into pgboss.job (name, data) values ('retry-abandoned-calls', '{}')`)
    if (!(await isDelivered())) return false
    standing = await row(shop, restless)
    return isDeepStrictEqual(standing, atRest)
  }
  await vi.waitUntil(rests, { timeout, interval: 500 }).catch((error: unknown) => {
    throw new Error(`It comes to no rest: ${JSON.stringify(standing)}`, { cause: error })
  })
}

const Ledger = Type.Object({
  payments: Type.Array(
    Type.Object({
      merchantReference: Type.String(),
      paid: Type.Integer(),
      refunded: Type.Integer(),
    }),
  ),
})

/** Holds our books against the simulator's, payment by payment, to the minor unit: whatever differs, in words. */
export async function differences(shop: Shop): Promise<string[]> {
  const ledger = Parse(Ledger, await simulate(shop, 'GET', '/ledger')).payments
  const atAdyen = Map.groupBy(ledger, ({ merchantReference }) => merchantReference)
  const { rows: payments } = await shop.db.query<{ id: string; paid: number; refunded: number }>(
    `select id, case when status = 'authorised' then value::int else 0 end as paid,
       coalesce((select sum(value) from refunds where payment_id = payments.id and status = 'refunded'), 0)::int as refunded
     from payments`,
  )
  const found: string[] = []
  if (ledger.filter(({ paid }) => paid > 0).length < 10) found.push('hardly anything was paid')
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
