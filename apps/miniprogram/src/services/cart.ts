import { CreateOrder } from '@tael/contracts'
import { forget, readStored, store } from './storage.ts'
import type { CartLine } from './cart-lines.ts'

const CART = 'cart'

/** The goods in the cart, in the order they were put there. */
export function readCart(): readonly CartLine[] {
  return readStored(CART, CreateOrder)?.lines ?? []
}

export function saveCart(lines: readonly CartLine[]): void {
  if (lines.length === 0) forget(CART)
  else store(CART, { lines })
}
