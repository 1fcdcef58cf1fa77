import { type Amount, type Currency, currencyExponents } from '@tael/contracts'

/**
 * An exact amount in millionths of the major unit: fine enough for every currency, also for those
 * that the shop does not know.
 */
export type Decimal = bigint

const PLACES = 6

/** Parses `1280.05`. Undefined where the text is not a plain decimal, or finer than a millionth. */
export function parseDecimal(text: string): Decimal | undefined {
  const parts = /^(-?)(\d{1,18})(?:\.(\d+))?$/.exec(text)
  if (parts === null) return undefined
  const [, sign = '', whole = '', fraction = ''] = parts
  if (/[^0]/.test(fraction.slice(PLACES))) return undefined
  const magnitude = BigInt(whole + fraction.slice(0, PLACES).padEnd(PLACES, '0'))
  return sign === '-' ? -magnitude : magnitude
}

/** The number of decimals of a currency; undefined where the shop does not know it. */
export function exponentOf(currency: string): number | undefined {
  return new Map<string, number>(Object.entries(currencyExponents)).get(currency)
}

/** Whether an amount is a whole number of minor units of a currency with this exponent. */
export function isWhole(amount: Decimal, exponent: number): boolean {
  return amount % minorUnit(exponent) === 0n
}

export function fromMinorUnits({ currency, value }: Amount): Decimal {
  return BigInt(value) * minorUnit(currencyExponents[currency])
}

/** A whole number of minor units, which `isWhole` has checked. */
export function toMinorUnits(amount: Decimal, currency: Currency): number {
  return Number(amount / minorUnit(currencyExponents[currency]))
}

/** Formats a decimal exactly, as short as possible, with at least this many decimal places. */
export function formatDecimal(amount: Decimal, placesMin: number): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(PLACES + 1, '0')
  const fraction = digits.slice(-PLACES).replace(/0+$/, '').padEnd(placesMin, '0')
  const whole = digits.slice(0, -PLACES)
  return `${amount < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** One minor unit of a currency with this exponent. */
function minorUnit(exponent: number): Decimal {
  return 10n ** BigInt(PLACES - exponent)
}
