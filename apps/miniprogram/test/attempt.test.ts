import { shopperRoutes } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import { describe, expect, test } from 'vitest'
import { nextCall, paymentStatusOf, withoutErrMsg, type Attempt } from '../src/services/attempt.ts'

const attempt: Attempt = { orderId: 'ord_1', amount: { currency: 'CNY', value: 1 }, key: 'a'.repeat(32) }

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
    const told = withoutErrMsg({ ...attempt, paymentId: 'pay_1', errMsg: 'requestPayment:ok' }, 'pay_1')
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
      expect(Check(shopperRoutes.submitPaymentDetails.body, body)).toBe(true)
    },
  )

  test.each([
    ['requestPayment:fail 余额不足 🧧', 'requestPayment:fail 余额不足 🧧'],
    ['requestPayment:fail \u0000\n', 'requestPayment:fail \uFFFD\n'],
    ['requestPayment:fail \ud83e|\udde7', 'requestPayment:fail \uFFFD|\uFFFD'],
    ['requestPayment:\u0000ok', 'requestPayment:\uFFFDok'],
  ])('has nothing in it that a server must refuse: %j', (errMsg, sent) => {
    expect(paymentStatusOf(errMsg)).toBe(sent)
  })

  test.each([0, 1])('is never cut inside a character (%i more before it)', (shift) => {
    const status = paymentStatusOf(`requestPayment:${'x'.repeat(shift)}${'🧧'.repeat(200)}`)
    expect(status.isWellFormed()).toBe(true)
    expect(status.length).toBeGreaterThanOrEqual(255)
    expect(status.length).toBeLessThanOrEqual(256)
  })
})
