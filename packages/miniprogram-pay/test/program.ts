import type { Amount, Payment } from '@tael/contracts'
import { createTaelShop, type TaelShop } from '../src/create-tael-shop.ts'
import type { PayableOrder, PayResult } from '../src/tael-pay.ts'
import { openPhone, type Phone, SERVER } from './phone.ts'

/** A Mini Program that has just started on a logged-in phone. Its pages are events of the phone. */
export interface Program extends Phone {
  readonly tael: TaelShop
  pay(orderId: string, amount: Amount, payToken?: string): Promise<PayResult>
  /** As `pay`, of an order that is created in the same tap. */
  payNew(create: () => Promise<PayableOrder | null>): Promise<PayResult>
  /** Reads a payment as a page that shows it does, once. Rejects where the read fails. */
  read(paymentId: string): Promise<Payment>
}

export function openProgram(storage: Iterable<readonly [string, unknown]> = []): Program {
  const phone = openPhone(storage)
  const tael = createTaelShop({
    server: SERVER,
    confirmAmount: async () => {
      phone.events.push({ what: 'confirm' })
      return phone.confirm
    },
    onSlow: () => phone.events.push({ what: 'slow' }),
  })
  const show = (paymentId: string): Promise<void> => {
    phone.events.push({ what: `show ${paymentId}` })
    return phone.navigation
  }
  return Object.assign(phone, {
    tael,
    pay: (orderId: string, amount: Amount, payToken?: string) =>
      tael.pay({ orderId, amount, payToken }, show),
    payNew: (create: () => Promise<PayableOrder | null>) => tael.pay(create, show),
    read: (paymentId: string) => readOnce(tael, paymentId),
  })
}

function readOnce(tael: TaelShop, paymentId: string): Promise<Payment> {
  return new Promise((resolve, reject) => {
    let stopped = false
    const after =
      <T>(settle: (value: T) => void) =>
      (value: T) => {
        stopped = true
        settle(value)
      }
    const handlers = { onPayment: after(resolve), onRetry: after(reject), onRefusal: after(reject) }
    tael.watchPayment(paymentId, handlers, () => stopped).catch(reject)
  })
}
