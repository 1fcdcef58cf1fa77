import { expect, test } from 'vitest'
import type { Goods } from '@tael/contracts'
import { priceProblems } from '../build/goods.ts'
import { currency, goods } from '../src/merchant/goods.ts'

const tea: Goods = { id: 'tea', name: { 'zh-CN': '茶', en: 'Tea' }, prices: { CNY: 12800 }, stock: 1 }

test.each([
  [{ CNY: 128.5 }, 'tea has the CNY price 128.5: prices are integers in minor units, so ¥128.50 is 12850'],
  [{ CNY: 0 }, 'tea has the CNY price 0: prices are integers in minor units, so ¥0.01 is 1'],
  [
    { CNY: 100, JPY: 99.5 },
    'tea has the JPY price 99.5: prices are integers in minor units, so JP¥100 is 100',
  ],
  [{ USD: 1800 }, "tea has no price in CNY, the shop's currency"],
])('the build names the wrong price in %j', (prices, message) => {
  expect(priceProblems([{ ...tea, prices }], 'CNY')).toEqual([{ file: 'merchant/goods.ts', message }])
})

test('the goods of the shop have right prices', () => {
  expect(priceProblems(goods, currency)).toEqual([])
})
