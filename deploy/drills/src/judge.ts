import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { brokenInvariants } from '@tael/server/invariants'
import { type Environment, runCommand } from '@tael/stack'
import type { Pool } from 'pg'
import type { Acknowledged } from './shoppers.ts'
import type { AcknowledgedItem } from './webhook-relay.ts'

/** How many things were acknowledged, and the ids of those that the database does not have. */
export interface Loss {
  readonly orders: number
  readonly payments: number
  readonly authorised: number
  readonly webhooks: number
  readonly lost: readonly string[]
}

/** Looks for everything that was acknowledged in the database. What is acknowledged meanwhile is not looked for. */
export async function findLost(
  pool: Pool,
  { orders, payments, authorised }: Acknowledged,
  webhooks: readonly AcknowledgedItem[],
): Promise<Loss> {
  const missing = async (what: string, ids: readonly string[], sql: string): Promise<string[]> => {
    const { rows } = await pool.query<{ id: string }>(
      `select id from unnest($1::text[]) as acknowledged (id) where not exists (${sql})`,
      [ids],
    )
    return rows.map(({ id }) => `${what} ${id} was acknowledged and is lost`)
  }
  const told = { orders: [...orders], payments: [...payments], authorised: [...authorised] }
  const items = webhooks.map(
    ({ eventCode, pspReference, success }) => `${eventCode} ${pspReference} ${success}`,
  )
  const lost = await Promise.all([
    missing('the order', told.orders, 'select from orders where orders.id = acknowledged.id'),
    missing('the payment', told.payments, 'select from payments where payments.id = acknowledged.id'),
    missing(
      'that it was paid:',
      told.authorised,
      `select from payments where payments.id = acknowledged.id and status = 'authorised'`,
    ),
    missing(
      'the webhook',
      items,
      `select from webhook_items where acknowledged.id = event_code || ' ' || psp_reference || ' ' || success`,
    ),
  ])
  return {
    orders: told.orders.length,
    payments: told.payments.length,
    authorised: told.authorised.length,
    webhooks: items.length,
    lost: lost.flat(),
  }
}

const Ledger = Type.Object({
  payments: Type.Array(
    Type.Object({ merchantReference: Type.String(), paid: Type.Integer(), refunded: Type.Integer() }),
  ),
})

/** What moved at Adyen, from the simulator's ledger. */
export async function readLedger(simulatorUrl: string): Promise<Type.Static<typeof Ledger>['payments']> {
  return Parse(Ledger, await (await fetch(`${simulatorUrl}/simulator/ledger`)).json()).payments
}

/** Compares the records with the simulator's ledger, payment by payment. Describes each difference. */
export async function compareWithLedger(pool: Pool, simulatorUrl: string): Promise<string[]> {
  const ledger = await readLedger(simulatorUrl)
  const { rows } = await pool.query<{ id: string; paid: number; refunded: number }>(
    `select id, case when status = 'authorised' then value::int else 0 end as paid,
       coalesce((select sum(value) from refunds where payment_id = payments.id and status = 'refunded'), 0)::int as refunded
     from payments`,
  )
  const ours = new Map(rows.map((row) => [row.id, row]))
  const atAdyen = Map.groupBy(ledger, ({ merchantReference }) => merchantReference)
  return [...new Set([...ours.keys(), ...atAdyen.keys()])].flatMap((id) => {
    const entries = atAdyen.get(id) ?? []
    const there = { paid: 0, refunded: 0 }
    for (const { paid, refunded } of entries) {
      there.paid += paid
      there.refunded += refunded
    }
    const here = ours.get(id)
    if (here === undefined) return [`${id} is known to Adyen and not to us: it paid ${there.paid}`]
    if (entries.length > 1) return [`${id} was started ${entries.length} times`]
    if (here.paid === there.paid && here.refunded === there.refunded) return []
    return [
      `${id}: ${here.paid} paid and ${here.refunded} refunded here, ${there.paid} and ${there.refunded} at Adyen`,
    ]
  })
}

/** Runs `reconcile`, and checks what holds of the records at every moment. Describes what does not. */
export async function checkRecords(pool: Pool, env: Environment): Promise<string[]> {
  const reconciled = await runCommand(env, 'reconcile').then(
    () => [],
    (error: unknown) => [`reconcile: ${String(error)}`],
  )
  return [...reconciled, ...(await brokenInvariants({ database: { pool } }))]
}
