import type { Order } from '@tael/contracts'
import { readCart, saveCart } from './cart.ts'
import { linesOnSale, quantityMax, withQuantity } from './cart-lines.ts'
import { listProducts } from './products.ts'

/** Puts what is still on sale of an order into the cart, as far as the stock goes. */
export async function reorder({ lines }: Pick<Order, 'lines'>): Promise<void> {
  const onSale = linesOnSale(lines, await listProducts())
  const cart = onSale.reduce((filled, { line, product }) => {
    const before = filled.find(({ productId }) => productId === product.id)?.quantity ?? 0
    return withQuantity(filled, product, Math.min(before + line.quantity, quantityMax(product)))
  }, readCart())
  saveCart(cart)
}
