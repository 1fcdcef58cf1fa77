import { shopperRoutes, type Product } from '@tael/contracts'
import { callPublic } from './session.ts'

let known: readonly Product[] | undefined

/** The products as they last were; undefined before the server first answered. */
export function knownProducts(): readonly Product[] | undefined {
  return known
}

/** The products on sale, at their current prices and stock. */
export async function listProducts(): Promise<readonly Product[]> {
  known = (await callPublic(shopperRoutes.listProducts, {})).products
  return known
}
