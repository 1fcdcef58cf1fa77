import { type Amount, Currency, currencyExponents, VALUE_MAX } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import { CommandError } from './command.ts'

/** Parses the amount of an option, such as `500.00 CNY`, on digits alone: a division would make a float. */
export function parseAmount(option: string, text: string): Amount {
  const [, whole = '', fraction = '', currency = ''] =
    /^(\d{1,12})(?:\.(\d{1,6}))? ([A-Z]{3})$/.exec(text) ?? []
  if (whole !== '' && Check(Currency, currency)) {
    const exponent = currencyExponents[currency]
    const value = Number(whole + fraction.padEnd(exponent, '0'))
    if (fraction.length <= exponent && value <= VALUE_MAX) return { currency, value }
  }
  throw new CommandError('usage', `${option} must be an amount such as "500.00 CNY", not ${text}.`)
}
