import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  exponentOf,
  formatDecimal,
  fromMinorUnits,
  isWhole,
  parseDecimal,
} from '../src/settlement/decimal.ts'

test('amounts keep their value from text to minor units and back, in every currency', () => {
  const currency = fc.constantFrom('CNY' as const, 'JPY' as const)
  fc.assert(
    fc.property(currency, fc.maxSafeNat(), fc.integer({ min: 0, max: 5 }), (currency, value, zeros) => {
      const exponent = exponentOf(currency) ?? -1
      const digits = String(value).padStart(exponent + 1, '0')
      const whole = digits.slice(0, digits.length - exponent)
      const text = exponent === 0 ? whole : `${whole}.${digits.slice(-exponent)}`
      const withZeros = zeros === 0 ? text : `${text}${exponent === 0 ? '.' : ''}${'0'.repeat(zeros)}`
      const read = parseDecimal(withZeros) ?? -1n
      expect(read).toBe(fromMinorUnits({ currency, value }))
      expect(isWhole(read, exponent)).toBe(true)
      expect(isWhole(read + 1n, exponent)).toBe(false)
      expect(formatDecimal(read, exponent)).toBe(text)
      expect(formatDecimal(-read, exponent)).toBe(value === 0 ? text : `-${text}`)
      expect(parseDecimal(`-${text}`)).toBe(-read)
    }),
  )
})

test.each(['', '.', '1.', '.5', '1,000.00', '1e3', '0x10', ' 1', '1.0000001', '+1', 'NaN', '1 000'])(
  '%j is not a decimal',
  (text) => {
    expect(parseDecimal(text)).toBeUndefined()
  },
)
