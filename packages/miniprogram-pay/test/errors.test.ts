import {
  ContractError,
  NoAnswerError,
  ProblemError,
  problems,
  shopperRoutes,
  type ProblemCode,
} from '@tael/contracts'
import { describe, expect, test } from 'vitest'
import { isExpected, problemCodeOf, StorageError } from '../src/errors.ts'
import { isRefusal, retryOf } from '../src/problems.ts'
import { problem } from './samples.ts'

const noAnswer = new NoAnswerError('request:fail timeout')
const unreadable = new ContractError(shopperRoutes.startPayment, 502)

describe('a refusal', () => {
  const refusals: readonly ProblemCode[] = [
    'validation_failed',
    'address_required',
    'route_not_found',
    'order_not_found',
    'payment_not_found',
    'product_not_found',
    'out_of_stock',
    'too_many_open_orders',
    'too_many_pieces',
    'amount_changed',
    'order_not_payable',
    'payload_too_large',
    'unsupported_media_type',
    'idempotency_key_reused',
  ]

  test.each(refusals)('%s is one', (code) => {
    expect(isRefusal(problem(code))).toBe(true)
  })

  test('no other problem of a route that takes a key is one', () => {
    const { createOrder, startPayment, submitPaymentDetails, login } = shopperRoutes
    const routes = [createOrder, startPayment, submitPaymentDetails, login]
    const answered = routes.flatMap((route): readonly ProblemCode[] => route.problems)
    const others = answered.filter((code) => !refusals.includes(code))
    expect(others).toContain('session_required')
    expect(others.filter((code) => isRefusal(problem(code)))).toEqual([])
  })

  test.each(['internal_error', 'not_ready', 'rate_limited'] as const)(
    '%s is not: the server may have acted',
    (code) => {
      expect(isRefusal(problem(code))).toBe(false)
    },
  )

  test('neither is a code of a later version, a lost answer or an unreadable one', () => {
    expect(isRefusal(problem('added_later', { status: 409 }))).toBe(false)
    expect(isRefusal(noAnswer)).toBe(false)
    expect(isRefusal(unreadable)).toBe(false)
  })
})

describe('the retry of a problem', () => {
  test('is what the contract states', () => {
    const retries = Object.keys(problems).map((code) => [code, retryOf(problem(code))] as const)
    expect(retries.filter(([, retry]) => retry !== undefined)).toEqual([
      ['session_required', 'after_login'],
      ['login_code_invalid', 'after_login'],
      ['rate_limited', 'later'],
      ['login_rate_limited', 'later'],
      ['login_unavailable', 'later'],
      ['not_ready', 'later'],
    ])
  })

  test('is undefined for a code this version does not know', () => {
    expect(retryOf(problem('added_later'))).toBeUndefined()
  })
})

describe('the code of an error', () => {
  test.each([
    ['offline', noAnswer],
    ['unreadable', unreadable],
    ['storage_full', new StorageError('cart')],
    ['out_of_stock', problem('out_of_stock')],
    ['added_later', problem('added_later')],
  ])('is %s', (code, error) => {
    expect(problemCodeOf(error)).toBe(code)
    expect(isExpected(error)).toBe(true)
  })

  test('does not exist for a bug, which is thrown on', () => {
    const bug = new TypeError('bug')
    expect(() => problemCodeOf(bug)).toThrow(bug)
    expect(isExpected(bug)).toBe(false)
    expect(isExpected(new ProblemError(problem('not_ready').problem))).toBe(true)
  })
})
