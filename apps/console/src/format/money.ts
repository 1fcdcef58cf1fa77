import { type Amount, type Currency, currencyExponents, formatAmount } from '@tael/contracts'

/** An amount with its currency's code: `¥68.00 CNY`. */
export function describeMoney(amount: Amount): string {
  return `${formatAmount(amount)} ${amount.currency}`
}

/** The major units of an amount, as a person would enter them: `68.00`. */
export function toMajorUnits({ currency, value }: Amount): string {
  const exponent = currencyExponents[currency]
  const digits = String(value).padStart(exponent + 1, '0')
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

/** What a person entered in major units, on digits alone: a float would lose some. Undefined: no amount. */
export function fromMajorUnits(text: string, currency: Currency): Amount | undefined {
  const exponent = currencyExponents[currency]
  const [, whole = '', , fraction = ''] = /^\s*(\d{1,9})([.,](\d*))?\s*$/.exec(text) ?? []
  if (whole === '' || fraction.length > exponent) return undefined
  return { currency, value: Number(whole + fraction.padEnd(exponent, '0')) }
}
