import { NoAnswerError } from '@tael/contracts'
import { describe, expect, test } from 'vitest'
import { retryDelayMs } from '../src/retries.ts'
import { problem } from './samples.ts'

const lost = new NoAnswerError('request:fail timeout')

describe('a request is sent again', () => {
  test('after a lost answer, with growing delays, up to the fourth try', () => {
    expect(retryDelayMs(lost, 1, 0)).toBe(400)
    expect(retryDelayMs(lost, 2, 500)).toBe(800)
    expect(retryDelayMs(lost, 3, 1_500)).toBe(1_600)
    expect(retryDelayMs(lost, 4, 4_000)).toBeNull()
  })

  test('not after ten seconds', () => {
    expect(retryDelayMs(lost, 1, 15_000)).toBeNull()
  })

  test('when the server allows it, if that is soon', () => {
    expect(retryDelayMs(problem('not_ready', { retryAfterSeconds: 2 }), 1, 0)).toBe(2_000)
    expect(retryDelayMs(problem('login_rate_limited', { retryAfterSeconds: 60 }), 1, 0)).toBeNull()
  })

  test('never after another problem, nor after a bug', () => {
    expect(retryDelayMs(problem('out_of_stock'), 1, 0)).toBeNull()
    expect(retryDelayMs(problem('internal_error'), 1, 0)).toBeNull()
    expect(retryDelayMs(new TypeError('bug'), 1, 0)).toBeNull()
  })

  test('exactly as long as the bounds say, and not a moment longer', () => {
    expect(retryDelayMs(lost, 1, 10_000)).toBe(400)
    expect(retryDelayMs(lost, 1, 10_001)).toBeNull()
    expect(retryDelayMs(problem('not_ready'), 1, 0)).toBe(1_000)
    expect(retryDelayMs(problem('rate_limited', { retryAfterSeconds: 3 }), 1, 0)).toBe(3_000)
    expect(retryDelayMs(problem('rate_limited', { retryAfterSeconds: 4 }), 1, 0)).toBeNull()
    expect(retryDelayMs(problem('session_required'), 1, 0)).toBeNull()
  })
})
