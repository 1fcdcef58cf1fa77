import { outcomeOf, surplusOutcome, type Payment } from '@tael/contracts'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { answerOf, problemAnswer } from './phone.ts'
import { openProgram, type Program } from './program.ts'
import { payment } from './samples.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** Watches a payment; every call of a handler is kept as its name, or a payment's status. */
function watch(phone: Program) {
  const calls: string[] = []
  let stopped = false
  const done = phone.tael.watchPayment(
    'pay_1',
    {
      onPayment: ({ status }: Payment) => calls.push(status),
      onRetry: () => calls.push('retry'),
      onRefusal: () => calls.push('refusal'),
      onDelay: () => calls.push('delay'),
    },
    () => stopped,
  )
  return {
    calls,
    done,
    stop: () => {
      stopped = true
    },
  }
}

describe('watching a payment', () => {
  test('ends when the money has arrived', async () => {
    const phone = openProgram()
    const statuses = ['awaiting_shopper', 'processing', 'authorised'] as const
    let reads = 0
    phone.answer = () => {
      const status = statuses[reads] ?? 'authorised'
      reads += 1
      return answerOf(200, { ...payment(status), version: reads })
    }
    const { calls, done } = watch(phone)
    await vi.runAllTimersAsync()
    await done
    expect(calls).toEqual(statuses)
  })

  test('retries failed reads at growing intervals, and then goes on', async () => {
    const phone = openProgram()
    const { answer } = phone
    phone.answer = () => problemAnswer('internal_error')
    const { calls, done } = watch(phone)
    await vi.advanceTimersByTimeAsync(0)
    for (const [waitMs, retries] of [
      [2_000, 2],
      [4_000, 3],
      [8_000, 4],
      [8_000, 5],
    ] as const) {
      await vi.advanceTimersByTimeAsync(waitMs - 1)
      expect(calls).toHaveLength(retries - 1)
      await vi.advanceTimersByTimeAsync(1)
      expect(calls).toHaveLength(retries)
    }
    phone.answer = answer
    await vi.advanceTimersByTimeAsync(8_000)
    await done
    expect(calls.at(-1)).toBe('authorised')
  })

  test('waits between two reads of the same version', async () => {
    const phone = openProgram()
    phone.answer = () => answerOf(200, payment('processing'))
    const { calls, done, stop } = watch(phone)
    await vi.advanceTimersByTimeAsync(0)
    expect(calls).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(999)
    expect(calls).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(calls).toHaveLength(3)
    stop()
    await vi.runAllTimersAsync()
    await done
    expect(calls).toHaveLength(3)
  })

  const refusals = ['session_required', 'login_code_invalid', 'login_blocked', 'payment_not_found'] as const
  test.each(refusals)('ends at a refusal: %s', async (code) => {
    const phone = openProgram()
    phone.answer = () => problemAnswer(code)
    const { calls, done } = watch(phone)
    await vi.runAllTimersAsync()
    await done
    expect(calls).toEqual(['refusal'])
  })

  test('goes on slowly where it is undecided for three minutes', async () => {
    const phone = openProgram()
    const { answer } = phone
    phone.answer = () => answerOf(200, payment('processing'))
    const { calls, done } = watch(phone)
    await vi.advanceTimersByTimeAsync(179_000)
    expect(calls).not.toContain('delay')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(calls.at(-1)).toBe('delay')
    const reads = calls.length
    await vi.advanceTimersByTimeAsync(60_000)
    expect(calls.slice(reads)).toEqual(Array.from({ length: 6 }, () => 'processing'))
    phone.answer = answer
    await vi.advanceTimersByTimeAsync(10_000)
    await done
    expect(calls.at(-1)).toBe('authorised')
    expect(calls).not.toContain('retry')
  })

  test.each(['cancelled', 'refused', 'error', 'expired'] as const)(
    'goes on slowly after it ended as %s, until late money arrives',
    async (status) => {
      const phone = openProgram()
      const { answer } = phone
      phone.answer = () => answerOf(200, payment(status))
      const { calls, done } = watch(phone)
      await vi.advanceTimersByTimeAsync(0)
      const reads = calls.length
      await vi.advanceTimersByTimeAsync(600_000)
      expect(calls.slice(reads)).toEqual(Array.from({ length: 60 }, () => status))
      phone.answer = answer
      await vi.advanceTimersByTimeAsync(10_000)
      await done
      expect(calls.at(-1)).toBe('authorised')
    },
  )

  test('goes on after the order was cancelled: its cashier may still take the money', async () => {
    const phone = openProgram()
    const closed = outcomeOf('cancelled', { surplus: false, order: 'cancelled' })
    phone.answer = () => answerOf(200, { ...payment('cancelled'), outcome: closed })
    const { calls, done } = watch(phone)
    await vi.advanceTimersByTimeAsync(60_000)
    phone.answer = () => answerOf(200, { ...payment('authorised'), outcome: surplusOutcome })
    await vi.advanceTimersByTimeAsync(10_000)
    await done
    expect(calls.at(-1)).toBe('authorised')
  })

  test('calls no handler once it is stopped, whatever the read under way brings', async () => {
    for (const late of [answerOf(200, payment('authorised')), problemAnswer('payment_not_found')]) {
      const phone = openProgram()
      let arrive: (() => void) | undefined
      phone.answer = () =>
        new Promise((resolve) => {
          arrive = () => resolve(late)
        })
      const { calls, done, stop } = watch(phone)
      await expect.poll(() => arrive).toBeDefined()
      stop()
      arrive?.()
      await done
      expect(calls).toEqual([])
    }
  })

  test('does not need the handlers of failures', async () => {
    const phone = openProgram()
    const { answer } = phone
    let failures = 0
    phone.answer = (call) => {
      failures += 1
      return failures === 1 ? problemAnswer('internal_error') : answer(call)
    }
    const onPayment = vi.fn<(payment: Payment) => void>()
    const done = phone.tael.watchPayment('pay_1', { onPayment }, () => false)
    await vi.runAllTimersAsync()
    await done
    expect(onPayment).toHaveBeenCalledOnce()
  })
})

describe('a bug', () => {
  test.each(['onPayment', 'onRetry'] as const)('in %s surfaces, and is not retried', async (name) => {
    const phone = openProgram()
    if (name === 'onRetry') phone.answer = () => problemAnswer('internal_error')
    const bug = new TypeError('bug')
    const handler = vi.fn<() => void>(() => {
      throw bug
    })
    const handlers = { onPayment: () => {}, [name]: handler }
    const failed = phone.tael.watchPayment('pay_1', handlers, () => false).catch((error: unknown) => error)
    await vi.runAllTimersAsync()
    expect(await failed).toBe(bug)
    expect(handler).toHaveBeenCalledOnce()
    expect(phone.names()).toEqual(['GET /payments/pay_1'])
  })

  test('in the read surfaces too', async () => {
    const phone = openProgram()
    const bug = new TypeError('bug')
    phone.answer = () => Promise.reject(bug)
    phone.storage.set('tael.attempt', {})
    const broken = vi.spyOn(phone.storage, 'get').mockImplementation(() => {
      throw bug
    })
    const { calls, done } = watch(phone)
    await expect(done).rejects.toBe(bug)
    expect(calls).toEqual([])
    expect(broken).toHaveBeenCalledOnce()
  })
})
