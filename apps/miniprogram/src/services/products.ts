import { shopperRoutes, type Product } from '@tael/contracts'
import { callPublic } from './session.ts'

/** The products on sale, at their current prices and stock. */
export async function listProducts(): Promise<readonly Product[]> {
  return (await callPublic(shopperRoutes.listProducts, {})).products
}
