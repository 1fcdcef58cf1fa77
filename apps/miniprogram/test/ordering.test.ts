import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Answer, answerOf, problemAnswer } from '../../../packages/miniprogram-pay/test/phone.ts'
import { order } from './samples.ts'
import { openShop, type ShopPhone } from './shop-phone.ts'

const amount = { currency: 'CNY', value: 128_005 } as const
const lines = [{ productId: 'tea', quantity: 2 }]
const result = 'redirectTo /pages/result/result?id=pay_1'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** The keys and bodies of the orders that were sent, in their order. */
const ordersOf = (phone: ShopPhone) =>
  phone.events.filter(({ what }) => what === 'POST /orders').map(({ key, body }) => ({ key, body }))

/** Answers orders like this, and everything else as ever. */
function answerOrders(phone: ShopPhone, answers: (sent: number) => Answer): void {
  const { answer } = phone
  phone.answer = (call) => (call === 'POST /orders' ? answers(ordersOf(phone).length) : answer(call))
}

/** Checks the goods out, however long that takes. Returns how it failed; undefined where it did not. */
async function checkout(
  phone: ShopPhone,
  goods: readonly object[] = lines,
  deliverTo?: object,
): Promise<string | undefined> {
  const checkingOut = phone.flow.checkout(goods, amount, deliverTo).then(
    () => undefined,
    (error: unknown) => String(error),
  )
  await vi.runAllTimersAsync()
  return checkingOut
}

/** An address that differs in its last line. */
const address = (detailInfo: string) => ({
  userName: '张三',
  telNumber: '020-81167888',
  provinceName: '广东省',
  cityName: '广州市',
  detailInfo,
})

const ordered = answerOf(201, order('open', null))

describe('an order whose answer was lost', () => {
  test('is sent again with its key, which was stored before it left the first time', async () => {
    const phone = await openShop()
    answerOrders(phone, (sent) => (sent === 1 ? 'lost' : ordered))
    expect(await checkout(phone)).toBeUndefined()
    const [first, second, ...more] = ordersOf(phone)
    expect(first).toEqual({ key: expect.stringMatching(/^[0-9a-f]{32}$/), body: { lines, amount } })
    expect(second).toEqual(first)
    expect(more).toEqual([])
    expect(phone.events[0]).toMatchObject({ what: 'store tael.ordering', body: first })
    expect(phone.names().at(-1)).toBe(result)
    expect(phone.storage.has('tael.ordering')).toBe(false)
  })

  test('is the same order at the next tap, and after the app was killed', async () => {
    const phone = await openShop()
    answerOrders(phone, () => 'lost')
    expect(await checkout(phone)).toContain('timeout')
    const [first] = ordersOf(phone)
    expect(phone.storage.get('tael.ordering')).toEqual(first)

    const restarted = await openShop(phone.storage)
    answerOrders(restarted, () => ordered)
    expect(await checkout(restarted)).toBeUndefined()
    expect(ordersOf(restarted)).toEqual([first])
    expect(restarted.names().at(-1)).toBe(result)
  })

  test('is another order where it goes to another address by then', async () => {
    const phone = await openShop()
    answerOrders(phone, () => 'lost')
    expect(await checkout(phone, lines, address('397号'))).toContain('timeout')
    const [first] = ordersOf(phone)
    expect(first?.body).toEqual({ lines, amount, deliverTo: address('397号') })
    phone.events.length = 0
    answerOrders(phone, () => ordered)
    expect(await checkout(phone, lines, address('400号'))).toBeUndefined()
    expect(ordersOf(phone)).toEqual([
      {
        key: expect.not.stringMatching(first?.key ?? ''),
        body: { lines, amount, deliverTo: address('400号') },
      },
    ])
  })

  test('is another order where the goods are others by then', async () => {
    const phone = await openShop()
    answerOrders(phone, () => 'lost')
    await checkout(phone)
    const [first] = ordersOf(phone)
    phone.events.length = 0
    answerOrders(phone, () => ordered)
    const more = [{ productId: 'tea', quantity: 3 }]
    expect(await checkout(phone, more)).toBeUndefined()
    expect(ordersOf(phone)).toEqual([
      { key: expect.not.stringMatching(first?.key ?? ''), body: { lines: more, amount } },
    ])
  })

  test.each(['internal_error', 'not_ready'] as const)(
    'keeps its key after %s: it may have been made',
    async (code) => {
      const phone = await openShop()
      answerOrders(phone, () => problemAnswer(code))
      expect(await checkout(phone)).toContain(code)
      expect(phone.storage.get('tael.ordering')).toEqual(ordersOf(phone)[0])
      expect(new Set(ordersOf(phone).map(({ key }) => key)).size).toBe(1)
    },
  )
})

describe('an order that the server refused', () => {
  test.each(['out_of_stock', 'product_not_found', 'validation_failed'] as const)(
    'with %s is forgotten, and the cart is not',
    async (code) => {
      const phone = await openShop([['tael.cart', { lines }]])
      answerOrders(phone, () => problemAnswer(code))
      expect(await checkout(phone)).toContain(code)
      expect(ordersOf(phone)).toHaveLength(1)
      expect(phone.storage.has('tael.ordering')).toBe(false)
      expect(phone.storage.get('tael.cart')).toEqual({ lines })
    },
  )
})

describe('an order whose total is not the one that was shown', () => {
  const changed = { currency: 'CNY', value: 9_900 } as const

  test('is made at the new total once the shopper confirms it, and paid at that', async () => {
    const phone = await openShop([['tael.cart', { lines }]])
    answerOrders(phone, (sent) =>
      sent === 1
        ? problemAnswer('amount_changed', { amount: changed })
        : answerOf(201, { ...order('open', null), amount: changed }),
    )
    expect(await checkout(phone)).toBeUndefined()
    const [first, second] = ordersOf(phone)
    expect(second?.body).toEqual({ lines, amount: changed })
    expect(second?.key).not.toBe(first?.key)
    const start = phone.events.find(({ what }) => what === 'POST /payments')
    expect(start?.body).toEqual({ orderId: 'ord_1', amount: changed })
    expect(phone.names().at(-1)).toBe(result)
  })

  test('is not made where the shopper declines it, and the goods stay in the cart', async () => {
    const phone = await openShop([['tael.cart', { lines }]])
    phone.confirm = false
    answerOrders(phone, () => problemAnswer('amount_changed', { amount: changed }))
    expect(await checkout(phone)).toBeUndefined()
    expect(ordersOf(phone)).toHaveLength(1)
    expect(phone.storage.has('tael.ordering')).toBe(false)
    expect(phone.storage.get('tael.cart')).toEqual({ lines })
    expect(phone.names()).not.toContain('POST /payments')
  })
})

describe('an order that was made', () => {
  test('empties the cart before it is paid, and its page shows why it could not be', async () => {
    const phone = await openShop([['tael.cart', { lines }]])
    phone.answer = (call) => (call === 'POST /orders' ? ordered : problemAnswer('order_not_payable'))
    expect(await checkout(phone)).toBeUndefined()
    expect(phone.storage.has('tael.cart')).toBe(false)
    expect(phone.names().at(-1)).toBe('redirectTo /pages/order/order?id=ord_1&problem=order_not_payable')
  })

  test('is not made by a phone that cannot keep its key', async () => {
    const phone = await openShop()
    phone.full = true
    expect(await checkout(phone)).toContain('StorageError')
    expect(ordersOf(phone)).toEqual([])
  })
})
