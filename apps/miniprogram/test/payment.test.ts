import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  type Answer,
  answerOf,
  openPhone,
  type Phone,
  problemAnswer,
  requestPayment,
} from './payment-phone.ts'
import { order, payment } from './samples.ts'

const amount = { currency: 'CNY', value: 128_005 } as const
const attempt = { orderId: 'ord_1', amount, key: 'k'.repeat(32) }
const result = 'redirectTo /pages/result/result?id=pay_1'

/** The keys of the orders asked for. */
function keysOf(phone: Phone): readonly string[] {
  return phone.events.flatMap(({ what, key }) => (what === 'POST /orders' ? (key ?? []) : []))
}

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('paying', () => {
  test('goes as the sequence diagram has it, and keeps each step before the next', async () => {
    const phone = await openPhone()
    await phone.flow.pay('ord_1', amount)
    expect(phone.names()).toEqual([
      'store attempt',
      'POST /payments',
      'store attempt',
      'requestPayment',
      'store attempt',
      'POST /payments/details',
      'store attempt',
      result,
    ])
    const [key, start, started, cashier, said, details] = phone.events
    expect(key?.body).toEqual({ orderId: 'ord_1', amount, key: start?.key })
    expect(start?.key).toMatch(/^[0-9a-f]{32}$/)
    expect(start?.body).toEqual({ orderId: 'ord_1', amount })
    expect(started?.body).toMatchObject({ paymentId: 'pay_1' })
    expect(cashier?.body).toEqual(requestPayment)
    expect(said?.body).toMatchObject({ errMsg: 'requestPayment:ok' })
    expect(details?.body).toEqual({ paymentId: 'pay_1', details: { paymentStatus: 'requestPayment:ok' } })
  })

  test.each(['requestPayment:fail cancel', 'requestPayment:fail (no balance)', 'requestPayment:cancel'])(
    'passes %s on like an ok',
    async (errMsg) => {
      const phone = await openPhone()
      phone.errMsg = errMsg
      await phone.flow.pay('ord_1', amount)
      expect(phone.events.find(({ what }) => what === 'POST /payments/details')?.body).toEqual({
        paymentId: 'pay_1',
        details: { paymentStatus: errMsg },
      })
      expect(phone.names().at(-1)).toBe(result)
    },
  )

  test('does nothing on a second tap, until the next page is open', async () => {
    const phone = await openPhone()
    let opened: (() => void) | undefined
    phone.navigation = new Promise((resolve) => {
      opened = resolve
    })
    const first = phone.flow.pay('ord_1', amount)
    await phone.flow.pay('ord_1', amount)
    await vi.waitUntil(() => phone.names().includes(result))
    await phone.flow.pay('ord_1', amount)
    expect(phone.names().filter((name) => name === 'POST /payments')).toHaveLength(1)
    opened?.()
    await first
    await phone.flow.pay('ord_1', amount)
    expect(phone.names().filter((name) => name === 'POST /payments')).toHaveLength(2)
  })

  test('opens no cashier without parameters: somebody may have paid already', async () => {
    const phone = await openPhone()
    phone.answer = () => answerOf(201, { payment: payment('processing'), requestPayment: null })
    await phone.flow.pay('ord_1', amount)
    expect(phone.names()).not.toContain('requestPayment')
    expect(phone.names().at(-1)).toBe(result)
  })

  test('shows the result page although the details could not be sent, and keeps what it owes', async () => {
    const phone = await openPhone()
    const { answer } = phone
    phone.answer = (call) => (call === 'POST /payments/details' ? 'lost' : answer(call))
    const paying = phone.flow.pay('ord_1', amount)
    await vi.runAllTimersAsync()
    await paying
    expect(phone.names().at(-1)).toBe(result)
    expect(phone.storage.get('attempt')).toMatchObject({ paymentId: 'pay_1', errMsg: 'requestPayment:ok' })

    phone.answer = answer
    expect((await phone.flow.readPayment('pay_1')).status).toBe('authorised')
    expect(phone.storage.get('attempt')).not.toHaveProperty('errMsg')
  })
})

describe('a start whose answer was lost', () => {
  test('is sent again with its key, and by the next tap too, before any other', async () => {
    const phone = await openPhone()
    const { answer } = phone
    phone.answer = () => 'lost'
    const paying = phone.flow.pay('ord_1', amount).catch((error: unknown) => String(error))
    await vi.runAllTimersAsync()
    expect(await paying).toContain('timeout')
    const keys = phone.events.flatMap(({ key }) => key ?? [])
    expect(keys).toHaveLength(4)
    expect(new Set(keys).size).toBe(1)

    phone.answer = answer
    await phone.flow.pay('ord_1', amount)
    expect(phone.events.flatMap(({ key }) => key ?? [])[4]).toBe(keys[0])
    expect(phone.names().at(-1)).toBe(result)
  })
})

describe('an order that costs another amount', () => {
  const changed = { currency: 'CNY', value: 9_900 } as const

  test('is paid at the new one once the shopper said so, with a new key', async () => {
    const phone = await openPhone()
    const { answer } = phone
    phone.answer = (call) =>
      phone.names().includes('showModal')
        ? answer(call)
        : problemAnswer('amount_changed', { amount: changed })
    await phone.flow.pay('ord_1', amount)
    const starts = phone.events.filter(({ what }) => what === 'POST /payments')
    expect(starts.map(({ body }) => body)).toEqual([
      { orderId: 'ord_1', amount },
      { orderId: 'ord_1', amount: changed },
    ])
    expect(starts[0]?.key).not.toBe(starts[1]?.key)
    expect(phone.names().at(-1)).toBe(result)
  })

  test('is not paid where the shopper says no', async () => {
    const phone = await openPhone()
    phone.confirm = false
    phone.answer = () => problemAnswer('amount_changed', { amount: changed })
    await phone.flow.pay('ord_1', amount)
    expect(phone.names().at(-1)).toBe('redirectTo /pages/order/order?id=ord_1')
    expect(phone.storage.has('attempt')).toBe(false)
  })
})

describe('taking up an attempt after the app was killed', () => {
  test('asks and makes nothing up, where it died in the cashier', async () => {
    const phone = await openPhone([['attempt', { ...attempt, paymentId: 'pay_1' }]])
    expect((await phone.flow.takeUp())?.payment?.status).toBe('authorised')
    expect(phone.names()).toEqual(['GET /payments/pay_1'])
  })

  test('sends what the cashier said, where that was never taken', async () => {
    const errMsg = 'requestPayment:fail cancel'
    const phone = await openPhone([['attempt', { ...attempt, paymentId: 'pay_1', errMsg }]])
    await phone.flow.takeUp()
    expect(phone.events[0]).toMatchObject({
      what: 'POST /payments/details',
      body: { paymentId: 'pay_1', details: { paymentStatus: errMsg } },
    })
  })

  test('learns the payment by the same key, where the answer never came', async () => {
    const phone = await openPhone([['attempt', attempt]])
    await phone.flow.takeUp()
    expect(phone.events[0]).toEqual({
      what: 'POST /payments',
      body: { orderId: 'ord_1', amount },
      key: attempt.key,
    })
    expect(phone.storage.get('attempt')).toEqual({ ...attempt, paymentId: 'pay_1' })
    expect(phone.names()).not.toContain('requestPayment')
  })

  test('says that nobody knows yet while there is no network, and keeps the attempt', async () => {
    const phone = await openPhone([['attempt', { ...attempt, paymentId: 'pay_1' }]])
    phone.answer = () => 'lost'
    const taken = phone.flow.takeUp()
    await vi.runAllTimersAsync()
    expect(await taken).toMatchObject({ payment: null })
    expect(phone.storage.get('attempt')).toEqual({ ...attempt, paymentId: 'pay_1' })
  })

  test('forgets one the server refused, and one whose end was shown', async () => {
    const refused = await openPhone([['attempt', attempt]])
    refused.answer = () => problemAnswer('order_not_payable')
    expect(await refused.flow.takeUp()).toBeNull()
    expect(refused.storage.has('attempt')).toBe(false)

    const paid = await openPhone([['attempt', { ...attempt, paymentId: 'pay_1' }]])
    paid.flow.wasShown(payment('processing'))
    expect(paid.storage.has('attempt')).toBe(true)
    paid.flow.wasShown(payment('authorised'))
    expect(paid.storage.has('attempt')).toBe(false)
  })

  test.each([
    ['tells of that payment', answerOf(201, { payment: payment('expired'), requestPayment: null })],
    ['refuses it', problemAnswer('order_not_payable')],
  ])('leaves a newer attempt alone when its own late answer %s', async (_, late) => {
    const phone = await openPhone([['attempt', attempt]])
    const { answer } = phone
    let arrive: ((answer: Answer) => void) | undefined
    phone.answer = () =>
      new Promise((resolve) => {
        arrive = resolve
      })
    const taken = phone.flow.takeUp()
    await vi.waitUntil(() => arrive !== undefined)
    phone.answer = answer
    await phone.flow.pay('ord_1', amount)
    const newer = phone.storage.get('attempt')
    expect(newer).not.toMatchObject({ key: attempt.key })
    arrive?.(late)
    await taken
    expect(phone.storage.get('attempt')).toEqual(newer)
  })

  test('asks once for pages that ask side by side', async () => {
    const phone = await openPhone([['attempt', { ...attempt, paymentId: 'pay_1' }]])
    await Promise.all([phone.flow.takeUp(), phone.flow.takeUp()])
    expect(phone.names()).toEqual(['GET /payments/pay_1'])
  })
})

describe('a call the server does not take', () => {
  const owed = { ...attempt, paymentId: 'pay_1', errMsg: 'requestPayment:fail cancel' }

  test.each(['validation_failed', 'payload_too_large'] as const)(
    'is owed no longer where it is refused with %s, and its payment is still followed',
    async (code) => {
      const phone = await openPhone([['attempt', owed]])
      const { answer } = phone
      phone.answer = (call) =>
        call === 'POST /payments/details' ? problemAnswer(code) : answerOf(200, payment('processing'))
      expect((await phone.flow.takeUp())?.payment?.status).toBe('processing')
      expect(phone.storage.get('attempt')).toEqual({ ...attempt, paymentId: 'pay_1' })

      phone.answer = answer
      await phone.flow.pay('ord_2', amount)
      expect(phone.names().at(-1)).toBe(result)
    },
  )

  test('does not keep the phone from paying where the server breaks over it, again and again', async () => {
    const phone = await openPhone([['attempt', owed]])
    const { answer } = phone
    phone.answer = (call) =>
      call === 'POST /payments/details' && !phone.names().includes('requestPayment')
        ? problemAnswer('internal_error')
        : answer(call)
    expect((await phone.flow.takeUp())?.payment?.status).toBe('authorised')
    expect((await phone.flow.readPayment('pay_1')).status).toBe('authorised')
    expect(phone.storage.get('attempt')).toEqual(owed)
    await phone.flow.pay('ord_2', amount)
    expect(phone.names().at(-1)).toBe(result)
  })

  test('is dropped with its attempt where the server knows no such payment', async () => {
    const phone = await openPhone([['attempt', owed]])
    phone.answer = () => problemAnswer('payment_not_found')
    expect(await phone.flow.takeUp()).toBeNull()
    expect(phone.storage.has('attempt')).toBe(false)
  })

  test('keeps another payment from starting while there is no network to make it', async () => {
    const phone = await openPhone([['attempt', owed]])
    phone.answer = () => 'lost'
    const paying = phone.flow.pay('ord_2', amount).catch((error: unknown) => String(error))
    await vi.runAllTimersAsync()
    expect(await paying).toContain('timeout')
    expect(phone.storage.get('attempt')).toEqual(owed)
  })
})

describe('an earlier attempt that owes nothing', () => {
  test('does not hold the next one up', async () => {
    const phone = await openPhone([['attempt', { ...attempt, paymentId: 'pay_0' }]])
    await phone.flow.pay('ord_1', amount)
    expect(phone.names()).not.toContain('GET /payments/pay_0')
    expect(phone.names().at(-1)).toBe(result)
  })
})

describe('a session that ended while the phone is offline', () => {
  test('is no news of the payment: WeChat gives no code, and it is asked again', async () => {
    const phone = await openPhone([
      ['session', ''],
      ['attempt', { ...attempt, paymentId: 'pay_1' }],
    ])
    phone.login = false
    const taken = phone.flow.takeUp()
    await vi.runAllTimersAsync()
    expect(await taken).toMatchObject({ payment: null })
    expect(phone.names().filter((name) => name === 'login')).toHaveLength(4)
  })
})

describe('a phone whose storage is full', () => {
  test('pays nothing, and says why', async () => {
    const phone = await openPhone()
    phone.full = true
    await expect(phone.flow.pay('ord_1', amount)).rejects.toMatchObject({ name: 'StorageError' })
    expect(phone.names()).toEqual([])
  })

  test('in the cashier still leads to the result page', async () => {
    const phone = await openPhone()
    phone.errMsg = null
    const paying = phone.flow.pay('ord_1', amount)
    await vi.waitUntil(() => phone.names().includes('requestPayment'))
    phone.full = true
    expect(() => phone.complete('requestPayment:ok')).toThrow('could not be stored')
    await paying
    expect(phone.names().at(-1)).toBe(result)
  })
})

describe('checking out goods that were asked for before', () => {
  const lines = [{ productId: 'tea', quantity: 2 }]
  const ordering = { key: 'o'.repeat(32), body: { lines } }
  test.each([
    ['open', 1],
    ['expired', 2],
    ['paid', 2],
  ] as const)('and whose order is %s by now takes %i orders', async (status, orders) => {
    const phone = await openPhone([['ordering', ordering]])
    const { answer } = phone
    phone.answer = (call) => {
      if (call !== 'POST /orders') return answer(call)
      return answerOf(201, order(keysOf(phone).length === 1 ? status : 'open', null))
    }
    await phone.flow.checkout(lines, amount)
    expect(keysOf(phone)[0]).toBe(ordering.key)
    expect(new Set(keysOf(phone)).size).toBe(orders)
    expect(phone.names().at(-1)).toBe(result)
    expect(phone.storage.has('ordering')).toBe(false)
  })
})

describe('a cashier that was closed without a word', () => {
  test('leads to the result page, and what it says late is still passed on', async () => {
    const phone = await openPhone()
    phone.errMsg = null
    const paying = phone.flow.pay('ord_1', amount)
    await vi.waitUntil(() => phone.names().includes('requestPayment'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(phone.names().at(-1)).toBe('requestPayment')

    phone.flow.backInForeground()
    await vi.advanceTimersByTimeAsync(5_000)
    await paying
    expect(phone.names().at(-1)).toBe(result)
    expect(phone.names()).not.toContain('POST /payments/details')

    phone.complete('requestPayment:ok')
    await phone.flow.readPayment('pay_1')
    expect(phone.names()).toContain('POST /payments/details')
  })
})
