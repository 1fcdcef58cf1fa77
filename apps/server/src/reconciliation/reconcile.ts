import { sql } from 'kysely'
import type { Trx } from '../db/database.ts'
import type { PaymentRow, RefundRow } from '../db/rows.ts'
import type { Account, Mismatch } from './account.ts'
import { checkCalls } from './calls.ts'
import { checkHistory } from './history.ts'
import { checkMerchantEvents } from './merchant-events.ts'
import { checkOrders } from './orders.ts'
import { checkStock } from './stock.ts'
import { checkWebhooks } from './webhooks.ts'

/** The result of comparing every record with its history. */
export interface Reconciliation {
  readonly payments: number
  readonly webhooks: number
  readonly differences: readonly Mismatch[]
}

const BATCH_SIZE = 500

/**
 * Compares every payment with its events, its acknowledged webhooks and its calls; then checks
 * orders, refunds, stock, and the events of merchants' orders.
 */
export async function reconcile(trx: Trx): Promise<Reconciliation> {
  // Stock and orders are read whole, which can take longer than a statement of a request may.
  await sql`set local statement_timeout = 0`.execute(trx)
  const differences: Mismatch[] = []
  let payments = 0
  let webhooks = 0
  for await (const accounts of readAccounts(trx)) {
    payments += accounts.length
    for (const account of accounts) {
      webhooks += account.webhooks.length
      differences.push(...checkHistory(account), ...checkWebhooks(account), ...checkCalls(account))
    }
  }
  differences.push(
    ...(await checkOrders(trx)),
    ...(await checkStock(trx)),
    ...(await checkMerchantEvents(trx)),
  )
  return { payments, webhooks, differences }
}

async function* readAccounts(trx: Trx): AsyncGenerator<Account[]> {
  for (let after = ''; ;) {
    const payments: PaymentRow[] = await trx
      .selectFrom('payments')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH_SIZE)
      .execute()
    const last = payments.at(-1)
    if (last === undefined) return
    yield await readRecords(trx, payments)
    after = last.id
  }
}

async function readRecords(trx: Trx, payments: readonly PaymentRow[]): Promise<Account[]> {
  const ids = payments.map(({ id }) => id)
  const refunds = Map.groupBy(
    await trx.selectFrom('refunds').selectAll().where('payment_id', 'in', ids).orderBy('id').execute(),
    ({ payment_id }) => payment_id,
  )
  const events = Map.groupBy(
    await trx.selectFrom('payment_events').selectAll().where('payment_id', 'in', ids).orderBy('id').execute(),
    ({ payment_id }) => payment_id,
  )
  const calls = Map.groupBy(
    await trx.selectFrom('adyen_calls').selectAll().where('payment_id', 'in', ids).execute(),
    ({ payment_id }) => payment_id,
  )
  const webhooks = await readWebhooks(trx, payments, [...refunds.values()].flat())
  return payments.map((payment) => ({
    payment,
    refunds: refunds.get(payment.id) ?? [],
    events: events.get(payment.id) ?? [],
    calls: calls.get(payment.id) ?? [],
    webhooks: webhooks.get(payment.id) ?? [],
  }))
}

/**
 * The applied items of each payment: those that name it, its refunds, or its reference at Adyen.
 */
async function readWebhooks(
  trx: Trx,
  payments: readonly PaymentRow[],
  refunds: readonly RefundRow[],
): Promise<Map<string, Account['webhooks'][number][]>> {
  const byReference = new Map([
    ...payments.map(({ id }) => [id, id] as const),
    ...refunds.map(({ id, payment_id }) => [id, payment_id] as const),
  ])
  const byPsp = new Map(
    payments.flatMap(({ id, psp_reference }) =>
      psp_reference === null ? [] : [[psp_reference, id] as const],
    ),
  )
  const rows = await trx
    .selectFrom('webhook_items')
    .selectAll()
    .where('state', '=', 'applied')
    .where((eb) =>
      eb.or([
        eb('merchant_reference', 'in', [...byReference.keys()]),
        // The index holds no empty references: without this condition it is not used.
        sql<boolean>`original_reference <> '' and original_reference = any(${[...byPsp.keys()]})`,
      ]),
    )
    .orderBy('event_date')
    .orderBy('id')
    .execute()
  const owned = rows.flatMap((row) => {
    const paymentId = byPsp.get(row.original_reference) ?? byReference.get(row.merchant_reference)
    return paymentId === undefined ? [] : [{ paymentId, row }]
  })
  return new Map(
    [...Map.groupBy(owned, ({ paymentId }) => paymentId)].map(([id, items]) => [
      id,
      items.map(({ row }) => row),
    ]),
  )
}
