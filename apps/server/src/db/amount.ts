import { type Amount, Currency, formatAmount } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'

/** Money of a row or a webhook: minor units of a currency that the shop may not know. */
export interface Money {
  readonly currency: string
  readonly value: number
}

function isAmount(money: Money): money is Amount {
  return Check(Currency, money.currency)
}

/** Money as an amount; null where the shop does not know its currency. */
export function asAmount({ currency, value }: Money): Amount | null {
  const money = { currency, value }
  return isAmount(money) ? money : null
}

/** The amount of a row. Throws where the database holds a currency that the shop does not know. */
export function toAmount({ currency, value }: Money): Amount {
  const money = { currency, value }
  if (isAmount(money)) return money
  throw new Error(`The database holds the unknown currency ${currency}.`)
}

/** The amount of columns that may be empty. Null too where the shop does not know the currency. */
export function findAmount({ currency, value }: Nullable<Money>): Amount | null {
  if (currency === null || value === null) return null
  const money = { currency, value }
  return isAmount(money) ? money : null
}

type Nullable<T> = { readonly [name in keyof T]: T[name] | null }

/** An amount for operators and logs: `¥54.50`; of an unknown currency `5450 minor units of XTS`. */
export function describeAmount({ currency, value }: Money): string {
  const money = { currency, value }
  return isAmount(money) ? formatAmount(money) : `${value} minor units of ${currency}`
}
