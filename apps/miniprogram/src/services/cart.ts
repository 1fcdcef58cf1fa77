import { CreateOrder } from '@tael/contracts'
import { forget, readStored, store } from './storage.ts'
import type { CartLine } from './cart-lines.ts'

const CART = 'cart'

/** The lines in the cart, in the order they were added. */
export function readCart(): readonly CartLine[] {
  return readStored(CART, CreateOrder)?.lines ?? []
}

/** Throws a StorageError. */
export function saveCart(lines: readonly CartLine[]): void {
  if (lines.length === 0) forget(CART)
  else store(CART, { lines })
}
