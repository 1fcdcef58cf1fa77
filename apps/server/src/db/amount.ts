import { type Amount, Currency } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'

/** The amount of a row. Throws where the database holds a currency that the shop does not know. */
export function toAmount({ currency, value }: { readonly currency: string; readonly value: number }): Amount {
  if (!Check(Currency, currency)) throw new Error(`The database holds the unknown currency ${currency}.`)
  return { currency, value }
}
