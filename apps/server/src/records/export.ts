import type { Readable } from 'node:stream'
import {
  type Amount,
  amountParts,
  type OrderExportQuery,
  type OrderSummary,
  type PaymentExportQuery,
  type PaymentSummary,
} from '@tael/contracts'
import { toCsv } from '../csv.ts'
import type { Db } from '../db/database.ts'
import { readMoment } from '../http/moment.ts'
import { listOrderRecords, listPaymentRecords } from './list.ts'

/** So many rows are in memory at once. */
const PAGE_SIZE = 500

const orderColumns = [
  'id',
  'number',
  'status',
  'currency',
  'amount',
  'shopperId',
  'reference',
  'createdAt',
  'paidAt',
] as const
const paymentColumns = [
  'id',
  'orderId',
  'orderNumber',
  'status',
  'currency',
  'amount',
  'pspReference',
  'paysOrder',
  'surplus',
  'createdAt',
] as const

/** Orders as CSV, newest first, read a page at a time while they are taken. Throws where a date is none. */
export function exportOrders(db: Db, query: OrderExportQuery): Readable {
  checkMoments(query)
  const pages = eachPage<OrderSummary>(async (before) => {
    const { orders, next } = await listOrderRecords(db, { ...query, ...before, limit: PAGE_SIZE })
    return { page: orders, next }
  })
  return toCsv(orderColumns, withMoney(pages))
}

/** Payments as CSV, as `exportOrders` does with orders. */
export function exportPayments(db: Db, query: PaymentExportQuery): Readable {
  checkMoments(query)
  const pages = eachPage<PaymentSummary>(async (before) => {
    const { payments, next } = await listPaymentRecords(db, { ...query, ...before, limit: PAGE_SIZE })
    return { page: payments, next }
  })
  return toCsv(paymentColumns, withMoney(pages))
}

/** Before the answer begins: afterwards it could only break off. */
function checkMoments({ from, to }: Pick<OrderExportQuery, 'from' | 'to'>): void {
  readMoment('from', from)
  readMoment('to', to)
}

interface Page<Row> {
  readonly page: readonly Row[]
  readonly next: string | null
}

async function* eachPage<Row>(
  read: (before: { readonly before?: string }) => Promise<Page<Row>>,
): AsyncGenerator<Row> {
  for (let before: { readonly before?: string } | undefined = {}; before !== undefined;) {
    const { page, next } = await read(before)
    yield* page
    before = next === null ? undefined : { before: next }
  }
}

/** The amount of each row in the major unit, beside its currency. */
async function* withMoney<Row extends { readonly amount: Amount }>(rows: AsyncIterable<Row>) {
  for await (const row of rows) {
    const { whole, fraction } = amountParts(row.amount)
    yield { ...row, currency: row.amount.currency, amount: whole + fraction }
  }
}
