import { currencyExponents } from '@tael/contracts'
import { expect, test } from 'vitest'
import { describeMoney, fromMajorUnits, toMajorUnits } from '../src/format/money.ts'

test.each([
  ['CNY', 6800, '68.00', '¥68.00 CNY'],
  ['CNY', 5, '0.05', '¥0.05 CNY'],
  ['JPY', 1280, '1280', 'JP¥1,280 JPY'],
  ['HKD', 128_005, '1280.05', 'HK$1,280.05 HKD'],
] as const)('%s %i is %s to enter and %s to read', (currency, value, entered, shown) => {
  expect(toMajorUnits({ currency, value })).toBe(entered)
  expect(fromMajorUnits(entered, currency)).toEqual({ currency, value })
  expect(describeMoney({ currency, value })).toBe(shown)
})

test('what was entered becomes exactly that many minor units', () => {
  expect(fromMajorUnits('1.1', 'CNY')).toEqual({ currency: 'CNY', value: 110 })
  expect(fromMajorUnits(' 4,35 ', 'EUR')).toEqual({ currency: 'EUR', value: 435 })
  for (const value of [1, 29, 57, 113, 4_350, 99_999_999])
    for (const currency of ['CNY', 'JPY'] as const)
      expect(fromMajorUnits(toMajorUnits({ currency, value }), currency)).toEqual({ currency, value })
  expect(Object.keys(currencyExponents)).toContain('JPY')
})

test.each(['', 'abc', '1.234', '-1', '1e3', '1,000.00', '1.2.3', '０'])('%j is no amount', (text) => {
  expect(fromMajorUnits(text, 'CNY')).toBeUndefined()
})

test('a currency without minor units takes none', () => {
  expect(fromMajorUnits('12.5', 'JPY')).toBeUndefined()
  expect(fromMajorUnits('12', 'JPY')).toEqual({ currency: 'JPY', value: 12 })
})
