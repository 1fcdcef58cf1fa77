import type { OrderStatus } from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { inOneFlight } from '../db/flight.ts'
import { prepared, run } from '../db/prepared.ts'
import type { PaymentOfOrder, PaymentRow } from '../db/rows.ts'
import type { Session, Shopper } from '../login/authenticate.ts'

/** One payment of this shopper, with the status of its order. */
export async function findPayment(
  db: Db,
  shopperId: string,
  paymentId: string,
): Promise<PaymentOfOrder | undefined> {
  return paymentOf(shopperId, await run(db, paymentToRead({ paymentId })))
}

/** The same for the shopper of a session, whom it finds in the same flight. */
export async function findPaymentInSession(
  db: Db,
  session: Session,
  paymentId: string,
): Promise<{ readonly shopper: Shopper; readonly found: PaymentOfOrder | undefined }> {
  const [shoppers, payments] = await inOneFlight(db, session.shopperToFind, paymentToRead({ paymentId }))
  const shopper = session.admit(shoppers)
  return { shopper, found: paymentOf(shopper.id, payments) }
}

type PaymentRead = PaymentRow & { readonly order_status: OrderStatus }

function paymentOf(shopperId: string, [row]: readonly PaymentRead[]): PaymentOfOrder | undefined {
  if (row?.shopper_id !== shopperId) return undefined
  const { order_status, ...payment } = row
  return { payment, order: { status: order_status } }
}

const paymentToRead = prepared<{ paymentId: string }, PaymentRead>((db, value) =>
  db
    .selectFrom('payments')
    .innerJoin('orders', 'orders.id', 'payments.order_id')
    .selectAll('payments')
    .select('orders.status as order_status')
    .where('payments.id', '=', value('paymentId')),
)
