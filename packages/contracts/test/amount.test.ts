import { expect, test } from 'vitest'
import {
  type Amount,
  amountParts,
  Currency,
  currencyExponents,
  formatAmount,
  multiply,
  sameAmount,
} from '../src/index.ts'

test.each<[Amount, string]>([
  [{ currency: 'CNY', value: 128_005 }, '¥1,280.05'],
  [{ currency: 'CNY', value: 5 }, '¥0.05'],
  [{ currency: 'CNY', value: 0 }, '¥0.00'],
  [{ currency: 'JPY', value: 1280 }, 'JP¥1,280'],
  [{ currency: 'JPY', value: 5 }, 'JP¥5'],
  [{ currency: 'HKD', value: 100 }, 'HK$1.00'],
  [{ currency: 'EUR', value: 99_999_999_999 }, '€999,999,999.99'],
])('%j is formatted as %s', (amount, text) => {
  expect(formatAmount(amount)).toBe(text)
})

test.each<[Amount, string]>([
  [{ currency: 'HKD', value: 128_005 }, 'HK|$|1280|.05'],
  [{ currency: 'JPY', value: 1280 }, 'JP|¥|1280|'],
  [{ currency: 'CNY', value: 5 }, '|¥|0|.05'],
])('%j has the parts %s', (amount, parts) => {
  const { prefix, sign, whole, fraction } = amountParts(amount)
  expect([prefix, sign, whole, fraction].join('|')).toBe(parts)
})

test('every currency has one sign', () => {
  for (const { const: currency } of Currency.anyOf)
    expect(amountParts({ currency, value: 1 }).sign).toMatch(/^[^A-Za-z\d]$/)
})

test('every currency has an exponent', () => {
  expect(Currency.anyOf.map((one) => one.const).toSorted()).toEqual(Object.keys(currencyExponents).toSorted())
})

test('a price times a quantity is exact or throws', () => {
  expect(multiply({ currency: 'CNY', value: 1999 }, 3)).toEqual({ currency: 'CNY', value: 5997 })
  expect(() => multiply({ currency: 'CNY', value: 2 ** 40 }, 2 ** 20)).toThrow(RangeError)
})

test('amounts are the same if both value and currency are', () => {
  expect(sameAmount({ currency: 'CNY', value: 1 }, { currency: 'CNY', value: 1 })).toBe(true)
  expect(sameAmount({ currency: 'CNY', value: 1 }, { currency: 'HKD', value: 1 })).toBe(false)
  expect(sameAmount({ currency: 'CNY', value: 1 }, { currency: 'CNY', value: 2 })).toBe(false)
})
