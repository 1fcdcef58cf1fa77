import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { answerOf, problemAnswer } from '../../../packages/miniprogram-pay/test/phone.ts'
import { order } from './samples.ts'
import { openShop, type ShopPhone } from './shop-phone.ts'

const amount = { currency: 'CNY', value: 128_005 } as const
const changed = { currency: 'CNY', value: 9_900 } as const
const result = 'redirectTo /pages/result/result?id=pay_1'
const orderPage = 'redirectTo /pages/order/order?id=ord_1'

/** The keys of the requests for an order. */
function keysOf(phone: ShopPhone): readonly string[] {
  return phone.events.flatMap(({ what, key }) => (what === 'POST /orders' ? (key ?? []) : []))
}

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('paying an order', () => {
  test('ends on the page of the result, and on that of the order where another total is declined', async () => {
    const phone = await openShop()
    await phone.flow.pay('ord_1', amount)
    expect(phone.names().at(-1)).toBe(result)

    phone.confirm = false
    phone.answer = () => problemAnswer('amount_changed', { amount: changed })
    await phone.flow.pay('ord_1', amount)
    expect(phone.names().slice(-2)).toEqual(['showModal', orderPage])
  })
})

describe('checking out goods that were ordered before', () => {
  const lines = [{ productId: 'tea', quantity: 2 }]

  test('repeats a request without an answer with its key, also by the next tap', async () => {
    const phone = await openShop()
    const { answer } = phone
    phone.answer = () => 'lost'
    const checkout = phone.flow.checkout(lines, amount).catch((error: unknown) => String(error))
    await vi.runAllTimersAsync()
    expect(await checkout).toContain('timeout')
    phone.answer = (call) => (call === 'POST /orders' ? answerOf(201, order('open', null)) : answer(call))
    await phone.flow.checkout(lines, amount)
    expect(keysOf(phone)).toHaveLength(5)
    expect(new Set(keysOf(phone)).size).toBe(1)
    expect(phone.names().at(-1)).toBe(result)
  })

  test.each(['out_of_stock', 'product_not_found', 'payload_too_large'] as const)(
    'takes a new key after a refusal: %s',
    async (code) => {
      const phone = await openShop()
      const { answer } = phone
      phone.answer = () => problemAnswer(code)
      await expect(phone.flow.checkout(lines, amount)).rejects.toMatchObject({ problem: { code } })
      expect(phone.storage.has('tael.ordering')).toBe(false)
      phone.answer = (call) => (call === 'POST /orders' ? answerOf(201, order('open', null)) : answer(call))
      await phone.flow.checkout(lines, amount)
      expect(new Set(keysOf(phone)).size).toBe(2)
    },
  )

  const ordering = { key: 'o'.repeat(32), body: { amount, lines } }
  test.each([
    ['open', 1],
    ['expired', 2],
    ['paid', 2],
  ] as const)('in an order that is now %s takes %i requests', async (status, orders) => {
    const phone = await openShop([['tael.ordering', ordering]])
    const { answer } = phone
    phone.answer = (call) => {
      if (call !== 'POST /orders') return answer(call)
      return answerOf(201, order(keysOf(phone).length === 1 ? status : 'open', null))
    }
    await phone.flow.checkout(lines, amount)
    expect(keysOf(phone)[0]).toBe(ordering.key)
    expect(new Set(keysOf(phone)).size).toBe(orders)
    expect(phone.names().at(-1)).toBe(result)
    expect(phone.storage.has('tael.ordering')).toBe(false)
  })
})

describe('checking out at a total that has changed', () => {
  const lines = [{ productId: 'tea', quantity: 2 }]

  test('orders nothing where the shopper declines it, and keeps the cart', async () => {
    const phone = await openShop([['tael.cart', { lines }]])
    phone.confirm = false
    phone.answer = () => problemAnswer('amount_changed', { amount: changed })
    expect(await phone.flow.checkout(lines, amount)).toBe('declined')
    expect(phone.names()).not.toContain('POST /payments')
    expect(phone.storage.get('tael.cart')).toEqual({ lines })
  })

  test('leads to the order where it changed once more, and is then declined', async () => {
    const phone = await openShop([['tael.cart', { lines }]])
    phone.confirm = false
    phone.answer = (call) =>
      call === 'POST /orders'
        ? answerOf(201, order('open', null))
        : problemAnswer('amount_changed', { amount: changed })
    expect(await phone.flow.checkout(lines, amount)).toBeUndefined()
    expect(phone.names().at(-1)).toBe(orderPage)
    expect(phone.storage.has('tael.cart')).toBe(false)
  })
})
