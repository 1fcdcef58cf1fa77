import type { ChangeStock } from '@tael/contracts'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Trx } from '../db/database.ts'
import { adjustStock } from '../ledger/stock.ts'

/**
 * Adds pieces to the free stock of a product, or removes them, and records who did. Returns the free
 * pieces that result; undefined, with nothing changed, where the product does not exist or has fewer
 * free pieces.
 */
export async function changeStock(
  trx: Trx,
  by: Pick<OperatorAction, 'actor' | 'requestId'>,
  productId: string,
  { pieces, reason }: Pick<ChangeStock, 'pieces'> & Partial<ChangeStock>,
): Promise<number | undefined> {
  const free = await adjustStock(trx, productId, pieces)
  if (free === undefined) return undefined
  const detail = { pieces, free, ...(reason === undefined ? {} : { reason }) }
  await recordAction(trx, { ...by, action: 'stock.change', subject: productId, detail })
  return free
}
