import { CreateOrder } from '@tael/contracts'
import type { CartLine } from './cart-lines.ts'
import { tael } from './tael.ts'

const CART = 'cart'

/** The lines in the cart, in the order they were added. */
export function readCart(): readonly CartLine[] {
  return tael.storage.read(CART, CreateOrder)?.lines ?? []
}

/** Throws a StorageError. */
export function saveCart(lines: readonly CartLine[]): void {
  if (lines.length === 0) tael.storage.forget(CART)
  else tael.storage.store(CART, { lines })
}
