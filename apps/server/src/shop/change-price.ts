import { type Amount, type ChangePrice, type Currency, type ProductRecord, sameAmount } from '@tael/contracts'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Trx } from '../db/database.ts'
import { lockCatalogue } from './catalogue.ts'
import { findProductRecord } from './records.ts'

/** What became of a change of price: done, or refused because the price was another one. */
export type PriceChange =
  | { readonly changed: true; readonly product: ProductRecord }
  | { readonly changed: false; readonly price: Amount | null }

/**
 * Puts a product on sale at a price in the shop's currency, or takes it off sale in every currency, where its
 * price is the one that the operator saw, and records who did. Orders keep the price they were made with.
 * Undefined: the product does not exist.
 */
export async function changePrice(
  trx: Trx,
  by: Pick<OperatorAction, 'actor' | 'requestId'>,
  productId: string,
  currency: Currency,
  { price, seen, reason }: Pick<ChangePrice, 'price' | 'seen'> & Partial<ChangePrice>,
): Promise<PriceChange | undefined> {
  await lockCatalogue(trx)
  const before = await findProductRecord(trx, productId, currency)
  if (before === undefined) return undefined
  if (!isSamePrice(before.price, seen)) return { changed: false, price: before.price }
  if (price === null) await trx.deleteFrom('product_prices').where('product_id', '=', productId).execute()
  else {
    await trx
      .insertInto('product_prices')
      .values({ product_id: productId, currency, value: price.value })
      .onConflict((conflict) =>
        conflict.columns(['product_id', 'currency']).doUpdateSet({ value: price.value }),
      )
      .execute()
  }
  const detail = { from: before.price, to: price, ...(reason === undefined ? {} : { reason }) }
  await recordAction(trx, { ...by, action: 'price.change', subject: productId, detail })
  return { changed: true, product: { ...before, price } }
}

function isSamePrice(one: Amount | null, other: Amount | null): boolean {
  return one === null || other === null ? one === other : sameAmount(one, other)
}
