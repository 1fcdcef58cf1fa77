import {
  ContractError,
  NoAnswerError,
  ProblemError,
  problems,
  routes,
  type ProblemCode,
} from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import { describe, expect, test } from 'vitest'
import {
  nextCall,
  paymentStatusOf,
  startedNothing,
  withoutErrMsg,
  type Attempt,
} from '../src/services/attempt.ts'
import { payment } from './samples.ts'

const attempt: Attempt = { orderId: 'ord_1', amount: { currency: 'CNY', value: 1 }, key: 'a'.repeat(32) }

function problem(code: ProblemCode): ProblemError {
  const { status, title } = problems[code]
  return new ProblemError({
    type: `urn:tael:problem:${code}`,
    title,
    status,
    detail: '',
    code,
    requestId: 'r',
  })
}

describe('taking up an attempt that was left in the middle', () => {
  test('repeats its start where no answer came', () => {
    expect(nextCall(attempt)).toEqual({ kind: 'start' })
  })

  test('passes on what the cashier said and the server never acknowledged', () => {
    const errMsg = 'requestPayment:fail cancel'
    expect(nextCall({ ...attempt, paymentId: 'pay_1', errMsg })).toEqual({
      kind: 'details',
      paymentId: 'pay_1',
      errMsg,
    })
  })

  test('makes nothing up where the cashier never spoke: it reads', () => {
    expect(nextCall({ ...attempt, paymentId: 'pay_1' })).toEqual({ kind: 'read', paymentId: 'pay_1' })
  })

  test('reads once the server has what the cashier said', () => {
    const told = withoutErrMsg(
      { ...attempt, paymentId: 'pay_1', errMsg: 'requestPayment:ok' },
      payment('starting'),
    )
    expect(told).toEqual({ ...attempt, paymentId: 'pay_1' })
  })
})

describe('what the cashier said', () => {
  test.each([
    'requestPayment:ok',
    'requestPayment:fail cancel',
    'requestPayment:fail (no balance)',
    'requestPayment:cancel',
  ])('%s is passed on as it is', (errMsg) => {
    expect(paymentStatusOf(errMsg)).toBe(errMsg)
  })

  test('anything else is a failure, and never an ok', () => {
    expect(paymentStatusOf('ok')).toBe('requestPayment:fail (ok)')
  })

  test.each(['', 'x'.repeat(1_000), `requestPayment:fail ${'x'.repeat(1_000)}`])(
    'always fits the contract: %s',
    (errMsg) => {
      const body = { paymentId: 'pay_1', details: { paymentStatus: paymentStatusOf(errMsg) } }
      expect(Check(routes.submitPaymentDetails.body, body)).toBe(true)
    },
  )
})

describe('which errors say that nothing was started', () => {
  test.each(['amount_changed', 'order_not_payable', 'order_not_found', 'validation_failed'] as const)(
    '%s does, and its key is dropped',
    (code) => {
      expect(startedNothing(problem(code))).toBe(true)
    },
  )

  test.each([
    'internal_error',
    'not_ready',
    'rate_limited',
    'session_required',
    'login_unavailable',
  ] as const)('%s does not, and its key is kept', (code) => {
    expect(startedNothing(problem(code))).toBe(false)
  })

  test('a lost or unreadable answer does not', () => {
    expect(startedNothing(new NoAnswerError('request:fail timeout'))).toBe(false)
    expect(startedNothing(new ContractError(routes.startPayment, 502))).toBe(false)
  })
})
