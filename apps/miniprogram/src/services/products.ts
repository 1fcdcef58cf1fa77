import { shopperRoutes, type Product } from '@tael/contracts'
import { tael } from './tael.ts'

let known: readonly Product[] | undefined
let reading: Promise<readonly Product[]> | null = null

/** The products as they last were; undefined before the server first answered. */
export function knownProducts(): readonly Product[] | undefined {
  return known
}

/** The products on sale, at their current prices and stock. Readers at the same time share a call. */
export function listProducts(): Promise<readonly Product[]> {
  reading ??= readProducts().finally(() => {
    reading = null
  })
  return reading
}

async function readProducts(): Promise<readonly Product[]> {
  known = (await tael.callPublic(shopperRoutes.listProducts, {})).products
  return known
}
