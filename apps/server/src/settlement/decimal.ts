import { type Amount, currencyExponents } from '@tael/contracts'

/**
 * An exact amount in major units, counted in millionths: room for every currency's decimals, so that amounts of
 * currencies we know nothing of can be summed too, and nothing is ever a float.
 */
export type Decimal = bigint

const PLACES = 6

/** Reads `1280.05`. Undefined where the text is no plain decimal, or finer than a millionth. */
export function parseDecimal(text: string): Decimal | undefined {
  const parts = /^(-?)(\d{1,18})(?:\.(\d+))?$/.exec(text)
  if (parts === null) return undefined
  const [, sign = '', whole = '', fraction = ''] = parts
  if (/[^0]/.test(fraction.slice(PLACES))) return undefined
  const magnitude = BigInt(whole + fraction.slice(0, PLACES).padEnd(PLACES, '0'))
  return sign === '-' ? -magnitude : magnitude
}

/** How many decimals the currency has; undefined where we do not know it. */
export function exponentOf(currency: string): number | undefined {
  return new Map<string, number>(Object.entries(currencyExponents)).get(currency)
}

/** Whether an amount is made of whole minor units of a currency with this many decimals. */
export function isWhole(amount: Decimal, exponent: number): boolean {
  return amount % minorUnit(exponent) === 0n
}

/** An amount of ours as a decimal. */
export function fromMinorUnits({ currency, value }: Amount): Decimal {
  return BigInt(value) * minorUnit(currencyExponents[currency])
}

/** The shortest way to write a decimal that shows all of it, with at least this many places. */
export function formatDecimal(amount: Decimal, placesMin: number): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(PLACES + 1, '0')
  const fraction = digits.slice(-PLACES).replace(/0+$/, '').padEnd(placesMin, '0')
  const whole = digits.slice(0, -PLACES)
  return `${amount < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** One minor unit of a currency with this many decimals. */
function minorUnit(exponent: number): Decimal {
  return 10n ** BigInt(PLACES - exponent)
}
