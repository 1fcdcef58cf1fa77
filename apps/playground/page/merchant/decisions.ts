import {
  type OperatorPayment,
  operatorRoutes,
  type PaymentEventRecord,
  type Product,
  shopperRoutes,
} from '@tael/contracts'
import { type DiagramRow, rowInLane } from '../diagram/rows.ts'
import { callAsOperator, callServer } from './server.ts'

export interface DecisionsOptions {
  /** Receives each decision once. */
  readonly add: (row: DiagramRow) => void
  /** Receives a payment whenever it was read. */
  readonly onPayment: (payment: OperatorPayment) => void
  readonly onError: (error: unknown) => void
  /** Whether the page may read payments; without it, only stock is followed. */
  readonly operators: boolean
  /** Whether the server has stock: not where another shop has its own. */
  readonly hasStock: boolean
}

/** Follows what the server decides about the phone's payments and its stock. */
export interface Decisions {
  /** Reads again what a message may have changed. One of the phone introduces its payments. */
  follow(row: DiagramRow, isPhone: boolean): void
  /** Reads a payment now. */
  refresh(paymentId: string): void
}

/** Messages come in bursts; one reading covers a burst. */
const PAUSE_MS = 250
/** What could not be read is read again after pauses that grow to this. */
const RETRY_PAUSE_MS_MAX = 30_000

const PAYMENT_ID = /pay_[A-Za-z0-9_-]{10,}/g

export function followDecisions(options: DecisionsOptions): Decisions {
  const { add, onPayment, onError, operators, hasStock } = options
  const known = new Set<string>()
  const due = new Set<string>()
  let stock: readonly Product[] | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let retryPauseMs = PAUSE_MS

  const readPayment = async (paymentId: string): Promise<void> => {
    const payment = await callAsOperator(operatorRoutes.getPaymentRecord, { params: { paymentId } })
    payment.events.forEach((event, index) => add(rowOfEvent(payment, event, index)))
    onPayment(payment)
  }
  const readStock = async (): Promise<void> => {
    const { products } = await callServer(shopperRoutes.listProducts, {})
    const before = new Map(stock?.map(({ id, available }) => [id, available]))
    stock = products
    for (const product of products) {
      const known = before.get(product.id)
      if (known !== undefined && known !== product.available) add(rowOfStock(product, known))
    }
  }
  const read = async (): Promise<void> => {
    const ids = [...due]
    due.clear()
    try {
      await Promise.all([...(hasStock ? [readStock()] : []), ...ids.map(readPayment)])
      retryPauseMs = PAUSE_MS
    } catch (error) {
      onError(error)
      for (const id of ids) due.add(id)
      retryPauseMs = Math.min(2 * retryPauseMs, RETRY_PAUSE_MS_MAX)
      setTimeout(schedule, retryPauseMs)
    }
  }
  const schedule = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      void read()
    }, PAUSE_MS)
  }
  schedule()
  return {
    follow: (row, isPhone) => {
      if (row.kind !== 'answer') return
      const ids = new Set(JSON.stringify([row.label, row.body]).match(PAYMENT_ID))
      for (const id of ids) {
        if (isPhone) known.add(id)
        if (operators && known.has(id)) due.add(id)
      }
      // An answer to a webhook names no payment.
      if (operators && row.webhook) for (const id of known) due.add(id)
      schedule()
    },
    refresh: (paymentId) => {
      known.add(paymentId)
      if (operators) due.add(paymentId)
      schedule()
    },
  }
}

function rowOfEvent(payment: OperatorPayment, event: PaymentEventRecord, index: number): DiagramRow {
  const { type, source, fromStatus, toStatus } = event
  const status = fromStatus === toStatus ? toStatus : `${fromStatus ?? 'none'} → ${toStatus}`
  return rowInLane('server', 'decision', `${type}: ${status}`, {
    id: `event-${payment.id}-${index}`,
    at: Date.parse(event.at),
    body: {
      payment: payment.id,
      event: type,
      source,
      before: fromStatus,
      after: toStatus,
      detail: event.detail,
    },
  })
}

function rowOfStock({ id, name, available }: Product, before: number): DiagramRow {
  const at = Date.now()
  return rowInLane('server', 'decision', `stock of ${id}: ${before} → ${available}`, {
    id: `stock-${id}-${at}`,
    at,
    body: { product: id, name: name.en, before, after: available },
  })
}
