import { sql } from 'kysely'
import { toAmount } from '../db/amount.ts'
import type { Trx } from '../db/database.ts'
import { idBoundary } from '../db/ids.ts'
import type { PaymentRow, RefundRow } from '../db/rows.ts'
import type { OurPayment, OurRefund, OurRecords } from './match.ts'
import type { Period } from './period.ts'
import type { ReportLine } from './read-report.ts'

/** A payment or refund of ours, and when it happened. */
export interface Dated<T> {
  readonly at: Date
  readonly ours: T
}

/** The payments and refunds of ours that these lines name. */
export async function findRecords(trx: Trx, lines: readonly ReportLine[]): Promise<OurRecords> {
  const payments = await findPayments(
    trx,
    lines.map((line) => line.merchantReference),
    lines.map((line) => line.pspReference),
  )
  const refunds = await findRefunds(
    trx,
    lines.map((line) => line.modificationMerchantReference),
    lines.map((line) => line.modificationReference),
  )
  return { payments: byReference(payments), refunds: byReference(refunds) }
}

function byReference<T extends { readonly id: string; readonly pspReference: string | null }>(
  rows: readonly T[],
): Map<string, T> {
  const map = new Map<string, T>()
  for (const row of rows) {
    map.set(row.id, row)
    if (row.pspReference !== null) map.set(row.pspReference, row)
  }
  return map
}

/** The payments that have one of these ids or pspReferences. */
async function findPayments(
  trx: Trx,
  ids: readonly string[],
  pspReferences: readonly string[],
): Promise<OurPayment[]> {
  const rows = await trx
    .selectFrom('payments')
    .select(['id', 'order_id', 'psp_reference', 'status', 'currency', 'value'])
    .where(sql<boolean>`id = any(${ids}) or psp_reference = any(${pspReferences})`)
    .execute()
  return rows.map(toOurPayment)
}

/** The columns of `toOurRefund`. */
const refundColumns = [
  'refunds.id',
  'order_id',
  'payment_id',
  'refunds.psp_reference',
  'refunds.status',
  'refunds.currency',
  'refunds.value',
] as const

/** The refunds that have one of these ids or pspReferences. */
async function findRefunds(
  trx: Trx,
  ids: readonly string[],
  pspReferences: readonly string[],
): Promise<OurRefund[]> {
  const rows = await trx
    .selectFrom('refunds')
    .innerJoin('payments', 'payments.id', 'payment_id')
    .select(refundColumns)
    .where(sql<boolean>`refunds.id = any(${ids}) or refunds.psp_reference = any(${pspReferences})`)
    .execute()
  return rows.map(toOurRefund)
}

const PAGE_SIZE = 2_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/**
 * How long after its start a payment can still become authorised: Adyen retries a webhook that is
 * not accepted for 30 days (docs.adyen.com, webhooks/troubleshoot).
 */
const AUTHORISATION_DELAY_MS_MAX = 31 * DAY_MS
/** How far a server's clock, which the ids contain, may be ahead of the database's. */
const CLOCK_SKEW_MS_MAX = HOUR_MS

/**
 * Every payment that became authorised in a period, by id. Ids contain the time, so the primary key
 * limits the search; each page is a statement of its own.
 */
export async function* readAuthorisedPayments(
  trx: Trx,
  { from, to }: Period,
): AsyncGenerator<Dated<OurPayment>> {
  const end = idBoundary('pay', new Date(to.getTime() + CLOCK_SKEW_MS_MAX))
  let after = idBoundary('pay', new Date(from.getTime() - AUTHORISATION_DELAY_MS_MAX))
  for (;;) {
    const rows = await trx
      .selectFrom('payments')
      .innerJoinLateral(
        (eb) =>
          eb
            .selectFrom('payment_events')
            .select('payment_events.at')
            .whereRef('payment_events.payment_id', '=', 'payments.id')
            .where('payment_events.to_status', '=', 'authorised')
            .orderBy('payment_events.id')
            .limit(1)
            .as('authorised'),
        (join) => join.onTrue(),
      )
      .select(['payments.id', 'order_id', 'psp_reference', 'status', 'currency', 'value', 'authorised.at'])
      .where('status', '=', 'authorised')
      .where('payments.id', '>', after)
      .where('payments.id', '<', end)
      .orderBy('payments.id')
      .limit(PAGE_SIZE)
      .execute()
    for (const row of rows) {
      after = row.id
      if (row.at < from || row.at >= to) continue
      yield { at: row.at, ours: toOurPayment(row) }
    }
    if (rows.length < PAGE_SIZE) return
  }
}

/** Every refund that was requested in a period and is done, by id. */
export async function* readCompletedRefunds(
  trx: Trx,
  { from, to }: Period,
): AsyncGenerator<Dated<OurRefund>> {
  const end = idBoundary('rf', new Date(to.getTime() + CLOCK_SKEW_MS_MAX))
  let after = idBoundary('rf', new Date(from.getTime() - CLOCK_SKEW_MS_MAX))
  for (;;) {
    const rows = await trx
      .selectFrom('refunds')
      .innerJoin('payments', 'payments.id', 'payment_id')
      .select([...refundColumns, 'refunds.created_at'])
      .where('refunds.status', '=', 'refunded')
      .where('refunds.value', '>', 0)
      .where('refunds.created_at', '>=', from)
      .where('refunds.created_at', '<', to)
      .where('refunds.id', '>', after)
      .where('refunds.id', '<', end)
      .orderBy('refunds.id')
      .limit(PAGE_SIZE)
      .execute()
    for (const row of rows) {
      after = row.id
      yield { at: row.created_at, ours: toOurRefund(row) }
    }
    if (rows.length < PAGE_SIZE) return
  }
}

function toOurPayment(
  row: Pick<PaymentRow, 'id' | 'order_id' | 'psp_reference' | 'status' | 'currency' | 'value'>,
): OurPayment {
  return {
    id: row.id,
    orderId: row.order_id,
    pspReference: row.psp_reference,
    status: row.status,
    amount: toAmount(row),
  }
}

function toOurRefund(
  row: Pick<RefundRow, 'id' | 'payment_id' | 'psp_reference' | 'status' | 'currency' | 'value'> &
    Pick<PaymentRow, 'order_id'>,
): OurRefund {
  return {
    id: row.id,
    orderId: row.order_id,
    paymentId: row.payment_id,
    pspReference: row.psp_reference,
    status: row.status,
    amount: toAmount(row),
  }
}
