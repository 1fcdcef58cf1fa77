import * as Type from '@sinclair/typebox'

/**
 * The decimal places of each currency in which Adyen offers WeChat Pay (docs.adyen.com, WeChat Pay
 * in-app payments for the list, Currency codes for the exponents).
 */
export const currencyExponents = {
  AUD: 2,
  CAD: 2,
  CNY: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  JPY: 0,
  NZD: 2,
  SGD: 2,
  USD: 2,
} as const

/** An ISO 4217 code of a currency in which Adyen offers WeChat Pay. */
export const Currency = Type.Union([
  Type.Literal('AUD'),
  Type.Literal('CAD'),
  Type.Literal('CNY'),
  Type.Literal('EUR'),
  Type.Literal('GBP'),
  Type.Literal('HKD'),
  Type.Literal('JPY'),
  Type.Literal('NZD'),
  Type.Literal('SGD'),
  Type.Literal('USD'),
])
export type Currency = Type.Static<typeof Currency>

/** The highest amount, in minor units. */
export const VALUE_MAX = 99_999_999_999

/** Money: an integer in minor units (fen, cents, whole yen) with its currency. Never a float. */
export const Amount = Type.Object(
  {
    currency: Currency,
    value: Type.Integer({ minimum: 0, maximum: VALUE_MAX, description: 'Minor units of the currency.' }),
  },
  { title: 'Amount', additionalProperties: false },
)
export type Amount = Type.Static<typeof Amount>

/** Whether both amounts have the same currency and value. */
export function sameAmount(left: Amount, right: Amount): boolean {
  return left.currency === right.currency && left.value === right.value
}

/** The price of `quantity` pieces. Throws a RangeError if it exceeds the safe integers. */
export function multiply(unitPrice: Amount, quantity: number): Amount {
  const value = unitPrice.value * quantity
  if (!Number.isSafeInteger(value)) throw new RangeError('The amount exceeds the safe integers.')
  return { currency: unitPrice.currency, value }
}

/** Each currency's sign, and the letters that distinguish it from others with that sign. */
const symbols: Readonly<Record<Currency, readonly [prefix: string, sign: string]>> = {
  AUD: ['A', '$'],
  CAD: ['C', '$'],
  CNY: ['', '¥'],
  EUR: ['', '€'],
  GBP: ['', '£'],
  HKD: ['HK', '$'],
  JPY: ['JP', '¥'],
  NZD: ['NZ', '$'],
  SGD: ['S', '$'],
  USD: ['US', '$'],
}

/** The parts of a formatted amount: `HK$1280.05` is `HK`, `$`, `1280`, `.05`. */
export interface AmountParts {
  readonly prefix: string
  readonly sign: string
  /** Digits of the major unit, not grouped. */
  readonly whole: string
  /** The decimal point and the minor unit; empty for a currency without one. */
  readonly fraction: string
}

/** Splits an amount into its parts, on integers alone: a division would make a float. */
export function amountParts({ currency, value }: Amount): AmountParts {
  const exponent = currencyExponents[currency]
  const [prefix, sign] = symbols[currency]
  const digits = String(value).padStart(exponent + 1, '0')
  return {
    prefix,
    sign,
    whole: digits.slice(0, digits.length - exponent),
    fraction: exponent === 0 ? '' : `.${digits.slice(-exponent)}`,
  }
}

/** An amount for shoppers: `¥1,280.05`, `JP¥1,280`. It does without `Intl`, which phones lack. */
export function formatAmount(amount: Amount): string {
  const { prefix, sign, whole, fraction } = amountParts(amount)
  return prefix + sign + whole.replace(/\B(?=(\d{3})+$)/g, ',') + fraction
}
