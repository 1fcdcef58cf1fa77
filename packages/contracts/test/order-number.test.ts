import { expect, test } from 'vitest'
import { orderNumber } from '../src/order-number.ts'

test.each([
  // 2026-11-25T15:59:59.999Z and a millisecond later, when Beijing's day changes.
  ['ord_019abbbe43ff7000800000000000002a', '251125-0000-0042'],
  ['ord_019abbbe44007000800000000000002a', '251126-0000-0042'],
])('the number of %s has its day in Beijing: %s', (id, number) => {
  expect(orderNumber(id)).toBe(number)
})

test('numbers of one day differ by the random end of their ids', () => {
  const ids = Array.from({ length: 100 }, () => {
    const random = crypto.randomUUID().replaceAll('-', '').slice(12)
    return `ord_019abbbe4400${random}`
  })
  const numbers = ids.map(orderNumber)
  expect(numbers.every((number) => /^251126-\d{4}-\d{4}$/.test(number))).toBe(true)
  expect(new Set(numbers).size).toBeGreaterThan(95)
})
