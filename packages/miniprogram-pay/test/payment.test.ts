import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Answer, answerOf, problemAnswer, requestPayment } from './phone.ts'
import { openProgram } from './program.ts'
import { payment } from './samples.ts'

const amount = { currency: 'CNY', value: 128_005 } as const
const attempt = { orderId: 'ord_1', amount, key: 'k'.repeat(32) }
const result = 'show pay_1'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('paying', () => {
  test('follows the sequence diagram, and stores each step before the next', async () => {
    const phone = openProgram()
    await phone.pay('ord_1', amount)
    expect(phone.names()).toEqual([
      'store tael.attempt',
      'POST /payments',
      'store tael.attempt',
      'requestPayment',
      'store tael.attempt',
      result,
    ])
    await phone.read('pay_1')
    expect(phone.names().slice(6)).toEqual(['POST /payments/details', 'store tael.attempt'])
    const [key, start, started, cashier, calledBack, , details] = phone.events
    expect(key?.body).toEqual({ orderId: 'ord_1', amount, key: start?.key })
    expect(start?.key).toMatch(/^[0-9a-f]{32}$/)
    expect(start?.body).toEqual({ orderId: 'ord_1', amount })
    expect(started?.body).toMatchObject({ paymentId: 'pay_1' })
    expect(cashier?.body).toEqual(requestPayment)
    expect(calledBack?.body).toMatchObject({ errMsg: 'requestPayment:ok' })
    expect(details?.body).toEqual({ paymentId: 'pay_1', details: { paymentStatus: 'requestPayment:ok' } })
  })

  test('passes no signType on where the server names none: WeChat has a default', async () => {
    const phone = openProgram()
    const { signType: _, ...unsigned } = requestPayment
    phone.answer = () => answerOf(201, { payment: payment('awaiting_shopper'), requestPayment: unsigned })
    await phone.pay('ord_1', amount)
    expect(phone.events.find(({ what }) => what === 'requestPayment')?.body).toStrictEqual(unsigned)
  })

  test('opens the same cashier again after a cancel that left the attempt unpaid', async () => {
    const phone = openProgram()
    phone.errMsg = 'requestPayment:fail cancel'
    const { answer } = phone
    phone.answer = (call) =>
      call === 'POST /payments/details' ? answerOf(200, payment('awaiting_shopper')) : answer(call)
    await phone.pay('ord_1', amount)
    expect(phone.names().at(-1)).toBe(result)
    await phone.read('pay_1')
    // It is resumed as long as it is not final, also after the Mini Program was killed.
    expect(phone.storage.get('tael.attempt')).toMatchObject({ paymentId: 'pay_1' })
    await phone.pay('ord_1', amount)
    await phone.read('pay_1')
    const opened = phone.events.filter(({ what }) => what === 'requestPayment')
    expect(opened.map(({ body }) => body)).toEqual([requestPayment, requestPayment])
    expect(phone.names().filter((name) => name === 'POST /payments/details')).toHaveLength(2)
  })

  test.each(['requestPayment:fail cancel', 'requestPayment:fail (no balance)', 'requestPayment:cancel'])(
    'passes %s on as it does an ok',
    async (errMsg) => {
      const phone = openProgram()
      phone.errMsg = errMsg
      await phone.pay('ord_1', amount)
      expect(phone.names().at(-1)).toBe(result)
      await phone.read('pay_1')
      expect(phone.events.find(({ what }) => what === 'POST /payments/details')?.body).toEqual({
        paymentId: 'pay_1',
        details: { paymentStatus: errMsg },
      })
    },
  )

  test('ignores a second tap until the next page is open', async () => {
    const phone = openProgram()
    let opened: (() => void) | undefined
    phone.navigation = new Promise((resolve) => {
      opened = resolve
    })
    const first = phone.pay('ord_1', amount)
    await phone.pay('ord_1', amount)
    await expect.poll(() => phone.names()).toContain(result)
    await phone.pay('ord_1', amount)
    expect(phone.names().filter((name) => name === 'POST /payments')).toHaveLength(1)
    opened?.()
    await first
    await phone.pay('ord_1', amount)
    expect(phone.names().filter((name) => name === 'POST /payments')).toHaveLength(2)
  })

  test('opens no cashier without parameters: the order may already be paid', async () => {
    const phone = openProgram()
    phone.answer = () => answerOf(201, { payment: payment('processing'), requestPayment: null })
    await phone.pay('ord_1', amount)
    expect(phone.names()).not.toContain('requestPayment')
    expect(phone.names().at(-1)).toBe(result)
  })

  test('opens the result page without waiting for the network, and sends the details from there', async () => {
    const phone = openProgram()
    const { answer } = phone
    phone.answer = (call) => (call === 'POST /payments/details' ? 'lost' : answer(call))
    await phone.pay('ord_1', amount)
    expect(phone.names().at(-1)).toBe(result)
    const failing = phone.read('pay_1').catch((error: unknown) => String(error))
    await vi.runAllTimersAsync()
    expect(await failing).toContain('timeout')
    expect(phone.storage.get('tael.attempt')).toMatchObject({
      paymentId: 'pay_1',
      errMsg: 'requestPayment:ok',
    })

    phone.answer = answer
    expect((await phone.read('pay_1')).status).toBe('authorised')
    expect(phone.storage.get('tael.attempt')).not.toHaveProperty('errMsg')
  })
})

describe('an order of a merchant that names no payer', () => {
  const payToken = 'T'.repeat(43)

  test('is paid with its pay token, which is stored and sent again with the key after a kill', async () => {
    const phone = openProgram()
    phone.answer = () => 'lost'
    const paying = phone.pay('ord_1', amount, payToken).catch((error: unknown) => String(error))
    await vi.runAllTimersAsync()
    expect(await paying).toContain('timeout')
    const [first] = phone.events.filter(({ what }) => what === 'POST /payments')
    expect(first?.body).toEqual({ orderId: 'ord_1', amount, payToken })

    const reopened = openProgram(phone.storage)
    await reopened.tael.resume()
    expect(reopened.events[0]).toEqual(first)
    expect(reopened.storage.get('tael.attempt')).toMatchObject({ payToken, paymentId: 'pay_1' })
    await reopened.read('pay_1')
  })
})

describe('an order of a merchant that names its payer', () => {
  test.each([null, undefined])('is paid where the pay token beside it is %s', async (payToken) => {
    const phone = openProgram()
    phone.answer = () => 'lost'
    const paying = phone.payNew(async () => ({ orderId: 'ord_1', amount, payToken })).catch(String)
    await vi.runAllTimersAsync()
    expect(await paying).toContain('timeout')
    expect(phone.events.find(({ what }) => what === 'POST /payments')?.body).toStrictEqual({
      orderId: 'ord_1',
      amount,
    })
    expect(phone.storage.get('tael.attempt')).not.toHaveProperty('payToken')

    const reopened = openProgram(phone.storage)
    expect((await reopened.tael.resume())?.payment?.id).toBe('pay_1')
  })
})

describe('an order that is created in the tap that pays it', () => {
  const order = { orderId: 'ord_1', amount }

  test('is created once: a second tap does nothing until the page is open', async () => {
    const phone = openProgram()
    const created: string[] = []
    const create = async () => {
      created.push('order')
      expect(phone.tael.isPaying()).toBe(true)
      return order
    }
    expect(await Promise.all([phone.payNew(create), phone.payNew(create)])).toEqual(['shown', 'busy'])
    expect(created).toHaveLength(1)
    expect(phone.tael.isPaying()).toBe(false)
  })

  test('starts no payment where the shopper declined it, or it could not be created', async () => {
    const phone = openProgram()
    expect(await phone.payNew(async () => null)).toBe('declined')
    await expect(phone.payNew(() => Promise.reject(new RangeError('sold out')))).rejects.toThrow('sold out')
    expect(phone.names()).toEqual([])
    expect(await phone.payNew(async () => order)).toBe('shown')
  })
})

describe('a request that takes long', () => {
  test('is noticed once, after four seconds', async () => {
    const phone = openProgram()
    const { answer } = phone
    phone.answer = (call) => new Promise((resolve) => setTimeout(() => resolve(answer(call)), 9_000))
    const paying = phone.pay('ord_1', amount)
    await vi.advanceTimersByTimeAsync(3_900)
    expect(phone.names()).not.toContain('slow')
    await vi.runAllTimersAsync()
    await paying
    expect(phone.names().filter((name) => name === 'slow')).toHaveLength(1)
  })
})

describe('a start whose answer was lost', () => {
  test('is sent again with its key, also by the next tap, before any other', async () => {
    const phone = openProgram()
    const { answer } = phone
    phone.answer = () => 'lost'
    const paying = phone.pay('ord_1', amount).catch((error: unknown) => String(error))
    await vi.runAllTimersAsync()
    expect(await paying).toContain('timeout')
    const keys = phone.events.flatMap(({ key }) => key ?? [])
    expect(keys).toHaveLength(4)
    expect(new Set(keys).size).toBe(1)

    phone.answer = answer
    await phone.pay('ord_1', amount)
    expect(phone.events.flatMap(({ key }) => key ?? [])[4]).toBe(keys[0])
    expect(phone.names().at(-1)).toBe(result)
  })
})

describe('an order whose total has changed', () => {
  const changed = { currency: 'CNY', value: 9_900 } as const

  test('is paid at the new total once the shopper confirms, with a new key', async () => {
    const phone = openProgram()
    const { answer } = phone
    phone.answer = (call) =>
      phone.names().includes('confirm') ? answer(call) : problemAnswer('amount_changed', { amount: changed })
    await phone.pay('ord_1', amount)
    const starts = phone.events.filter(({ what }) => what === 'POST /payments')
    expect(starts.map(({ body }) => body)).toEqual([
      { orderId: 'ord_1', amount },
      { orderId: 'ord_1', amount: changed },
    ])
    expect(starts[0]?.key).not.toBe(starts[1]?.key)
    expect(phone.names().at(-1)).toBe(result)
  })

  test('is not paid where the shopper declines', async () => {
    const phone = openProgram()
    phone.confirm = false
    phone.answer = () => problemAnswer('amount_changed', { amount: changed })
    expect(await phone.pay('ord_1', amount)).toBe('declined')
    expect(phone.names()).not.toContain(result)
    expect(phone.storage.has('tael.attempt')).toBe(false)
  })
})

describe('the stored attempt', () => {
  test('is handed out without its pay token and its key', async () => {
    const payToken = 'T'.repeat(43)
    const phone = openProgram([['tael.attempt', { ...attempt, payToken }]])
    expect(phone.tael.storedAttempt()).toStrictEqual({ orderId: 'ord_1', amount })
    const resumed = await phone.tael.resume()
    expect(resumed?.attempt).toStrictEqual({ orderId: 'ord_1', amount, paymentId: 'pay_1' })

    await phone.pay('ord_1', amount, payToken)
    expect(phone.storage.get('tael.attempt')).toMatchObject({ payToken })
    expect(phone.tael.storedAttempt()).toStrictEqual({
      orderId: 'ord_1',
      amount,
      paymentId: 'pay_1',
      errMsg: 'requestPayment:ok',
    })
  })
})

describe('resuming an attempt after the app was killed', () => {
  test('only reads the payment, where it was killed in the cashier', async () => {
    const phone = openProgram([['tael.attempt', { ...attempt, paymentId: 'pay_1' }]])
    expect((await phone.tael.resume())?.payment?.status).toBe('authorised')
    expect(phone.names()).toEqual(['GET /payments/pay_1'])
  })

  test('sends the errMsg, where the server did not acknowledge it', async () => {
    const errMsg = 'requestPayment:fail cancel'
    const phone = openProgram([['tael.attempt', { ...attempt, paymentId: 'pay_1', errMsg }]])
    await phone.tael.resume()
    expect(phone.events[0]).toMatchObject({
      what: 'POST /payments/details',
      body: { paymentId: 'pay_1', details: { paymentStatus: errMsg } },
    })
  })

  test('starts again with the same key, where no answer arrived', async () => {
    const phone = openProgram([['tael.attempt', attempt]])
    await phone.tael.resume()
    expect(phone.events[0]).toMatchObject({
      what: 'POST /payments',
      body: { orderId: 'ord_1', amount },
      key: attempt.key,
    })
    expect(phone.storage.get('tael.attempt')).toEqual({ ...attempt, paymentId: 'pay_1' })
    expect(phone.names()).not.toContain('requestPayment')
  })

  test('leaves the payment unknown while there is no network, and keeps the attempt', async () => {
    const phone = openProgram([['tael.attempt', { ...attempt, paymentId: 'pay_1' }]])
    phone.answer = () => 'lost'
    const resumed = phone.tael.resume()
    await vi.runAllTimersAsync()
    expect(await resumed).toMatchObject({ payment: null })
    expect(phone.storage.get('tael.attempt')).toEqual({ ...attempt, paymentId: 'pay_1' })
  })

  test('drops one that the server refused, and one whose final outcome was shown', async () => {
    const refused = openProgram([['tael.attempt', attempt]])
    refused.answer = () => problemAnswer('order_not_payable')
    expect(await refused.tael.resume()).toBeNull()
    expect(refused.storage.has('tael.attempt')).toBe(false)

    const paid = openProgram([['tael.attempt', { ...attempt, paymentId: 'pay_1' }]])
    paid.tael.dropFinalAttempt(payment('processing'))
    expect(paid.storage.has('tael.attempt')).toBe(true)
    paid.tael.dropFinalAttempt(payment('authorised'))
    expect(paid.storage.has('tael.attempt')).toBe(false)
  })

  test.each([
    ['brings its payment', answerOf(201, { payment: payment('expired'), requestPayment: null })],
    ['refuses it', problemAnswer('order_not_payable')],
  ])('does not touch a newer attempt when its own late answer %s', async (_, late) => {
    const phone = openProgram([['tael.attempt', attempt]])
    const { answer } = phone
    let arrive: ((answer: Answer) => void) | undefined
    phone.answer = () =>
      new Promise((resolve) => {
        arrive = resolve
      })
    const resumed = phone.tael.resume()
    await expect.poll(() => arrive).toBeDefined()
    phone.answer = answer
    await phone.pay('ord_1', amount)
    const newer = phone.storage.get('tael.attempt')
    expect(newer).not.toMatchObject({ key: attempt.key })
    arrive?.(late)
    await resumed
    expect(phone.storage.get('tael.attempt')).toEqual(newer)
  })

  test('reads once for pages that resume side by side', async () => {
    const phone = openProgram([['tael.attempt', { ...attempt, paymentId: 'pay_1' }]])
    await Promise.all([phone.tael.resume(), phone.tael.resume()])
    expect(phone.names()).toEqual(['GET /payments/pay_1'])
  })
})

describe('details the server does not accept', () => {
  const pending = { ...attempt, paymentId: 'pay_1', errMsg: 'requestPayment:fail cancel' }

  test.each(['validation_failed', 'payload_too_large'] as const)(
    'are not sent again where they are refused with %s, and the payment is still read',
    async (code) => {
      const phone = openProgram([['tael.attempt', pending]])
      const { answer } = phone
      phone.answer = (call) =>
        call === 'POST /payments/details' ? problemAnswer(code) : answerOf(200, payment('processing'))
      expect((await phone.tael.resume())?.payment?.status).toBe('processing')
      expect(phone.storage.get('tael.attempt')).toEqual({ ...attempt, paymentId: 'pay_1' })

      phone.answer = answer
      await phone.pay('ord_2', amount)
      expect(phone.names().at(-1)).toBe(result)
    },
  )

  test('do not keep the phone from paying where the server fails on them again and again', async () => {
    const phone = openProgram([['tael.attempt', pending]])
    const { answer } = phone
    phone.answer = (call) =>
      call === 'POST /payments/details' && !phone.names().includes('requestPayment')
        ? problemAnswer('internal_error')
        : answer(call)
    expect((await phone.tael.resume())?.payment?.status).toBe('authorised')
    expect((await phone.read('pay_1')).status).toBe('authorised')
    expect(phone.storage.get('tael.attempt')).toEqual(pending)
    await phone.pay('ord_2', amount)
    expect(phone.names().at(-1)).toBe(result)
  })

  test('are dropped with their attempt where the server has no such payment', async () => {
    const phone = openProgram([['tael.attempt', pending]])
    phone.answer = () => problemAnswer('payment_not_found')
    expect(await phone.tael.resume()).toBeNull()
    expect(phone.storage.has('tael.attempt')).toBe(false)
  })

  test('keep another payment from starting while there is no network', async () => {
    const phone = openProgram([['tael.attempt', pending]])
    phone.answer = () => 'lost'
    const paying = phone.pay('ord_2', amount).catch((error: unknown) => String(error))
    await vi.runAllTimersAsync()
    expect(await paying).toContain('timeout')
    expect(phone.storage.get('tael.attempt')).toEqual(pending)
  })
})

describe('an earlier attempt without a pending request', () => {
  test('does not delay the next one', async () => {
    const phone = openProgram([['tael.attempt', { ...attempt, paymentId: 'pay_0' }]])
    await phone.pay('ord_1', amount)
    expect(phone.names()).not.toContain('GET /payments/pay_0')
    expect(phone.names().at(-1)).toBe(result)
  })
})

describe('a session that ended while the phone is offline', () => {
  test('leaves the payment unknown: WeChat returns no code, and the login is retried', async () => {
    const phone = openProgram([
      ['tael.session', ''],
      ['tael.attempt', { ...attempt, paymentId: 'pay_1' }],
    ])
    phone.login = false
    const resumed = phone.tael.resume()
    await vi.runAllTimersAsync()
    expect(await resumed).toMatchObject({ payment: null })
    expect(phone.names().filter((name) => name === 'login')).toHaveLength(4)
  })
})

describe('a phone whose storage is full', () => {
  test('pays nothing, and throws a StorageError', async () => {
    const phone = openProgram()
    phone.full = true
    await expect(phone.pay('ord_1', amount)).rejects.toMatchObject({ name: 'StorageError' })
    expect(phone.names()).toEqual([])
  })

  test('in the cashier still leads to the result page', async () => {
    const phone = openProgram()
    phone.errMsg = null
    const paying = phone.pay('ord_1', amount)
    await expect.poll(() => phone.names()).toContain('requestPayment')
    phone.full = true
    expect(() => phone.complete('requestPayment:ok')).toThrow('attempt: ')
    await paying
    expect(phone.names().at(-1)).toBe(result)
  })
})

describe('a cashier that was closed without a callback', () => {
  test('leads to the result page, and a late callback is still passed on', async () => {
    const phone = openProgram()
    phone.errMsg = null
    const paying = phone.pay('ord_1', amount)
    await expect.poll(() => phone.names()).toContain('requestPayment')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(phone.names().at(-1)).toBe('requestPayment')

    phone.show()
    await vi.advanceTimersByTimeAsync(5_000)
    await paying
    expect(phone.names().at(-1)).toBe(result)
    expect(phone.names()).not.toContain('POST /payments/details')

    phone.complete('requestPayment:ok')
    await phone.read('pay_1')
    expect(phone.names()).toContain('POST /payments/details')
  })
})
