import type { Address, Amount, Order } from '@tael/contracts'
import { saveCart } from './cart.ts'
import type { CartLine } from './cart-lines.ts'
import { openOrder, openResult } from './navigation.ts'
import { createOrder } from './orders.ts'
import { tael } from './tael.ts'

/**
 * Orders the cart at the total shown, or another that the shopper confirms, and pays the order.
 * Declined or where it throws, nothing was ordered, and the cart is as it was.
 */
export async function checkout(
  lines: readonly CartLine[],
  shown: Amount,
  deliverTo?: Address,
): Promise<'declined' | void> {
  const created: Order[] = []
  const orderCart = async () => {
    const order = await tael.atConfirmedAmount(shown, (amount) => createOrder(lines, amount, deliverTo))
    if (order === 'declined') return null
    created.push(order)
    saveCart([])
    return { orderId: order.id, amount: order.amount }
  }
  try {
    const result = await tael.pay(orderCart, openResult)
    if (result !== 'declined') return undefined
    const [order] = created
    if (order === undefined) return result
    await openOrder(order.id)
  } catch (error) {
    const [order] = created
    if (order === undefined) throw error
    // The order exists: its page shows what went wrong, and offers to pay it.
    await openOrder(order.id, error)
  }
  return undefined
}

/** Pays an existing order at the amount shown. Throws where no payment was started. */
export async function pay(orderId: string, amount: Amount): Promise<void> {
  const result = await tael.pay({ orderId, amount }, openResult)
  if (result === 'declined') await openOrder(orderId)
}
