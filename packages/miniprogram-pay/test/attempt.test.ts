import { shopperRoutes } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import { describe, expect, test } from 'vitest'
import { nextRequest, paymentStatusOf, withoutErrMsg, type Attempt } from '../src/attempt.ts'

const attempt: Attempt = { orderId: 'ord_1', amount: { currency: 'CNY', value: 1 }, key: 'a'.repeat(32) }

describe('the next request of an interrupted attempt', () => {
  test('is its start, where that was not answered', () => {
    expect(nextRequest(attempt)).toEqual({ kind: 'start' })
  })

  test('passes on the errMsg that the server did not acknowledge', () => {
    const errMsg = 'requestPayment:fail cancel'
    expect(nextRequest({ ...attempt, paymentId: 'pay_1', errMsg })).toEqual({
      kind: 'details',
      paymentId: 'pay_1',
      errMsg,
    })
  })

  test('only reads where the cashier never called back', () => {
    expect(nextRequest({ ...attempt, paymentId: 'pay_1' })).toEqual({ kind: 'read', paymentId: 'pay_1' })
  })

  test('only reads once the server has the errMsg', () => {
    const acknowledged = withoutErrMsg(
      { ...attempt, paymentId: 'pay_1', errMsg: 'requestPayment:ok' },
      'pay_1',
    )
    expect(acknowledged).toEqual({ ...attempt, paymentId: 'pay_1' })
  })
})

describe('the errMsg of the cashier', () => {
  test.each([
    'requestPayment:ok',
    'requestPayment:fail cancel',
    'requestPayment:fail (no balance)',
    'requestPayment:cancel',
  ])('%s is passed on unchanged', (errMsg) => {
    expect(paymentStatusOf(errMsg)).toBe(errMsg)
  })

  test('without its prefix is a failure, never an ok', () => {
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
  ])('contains nothing that the server must refuse: %j', (errMsg, sent) => {
    expect(paymentStatusOf(errMsg)).toBe(sent)
  })

  test.each([0, 1])('is never cut inside a character, %i code units later', (shift) => {
    const status = paymentStatusOf(`requestPayment:${'x'.repeat(shift)}${'🧧'.repeat(200)}`)
    expect(status.isWellFormed()).toBe(true)
    expect(status.length).toBeGreaterThanOrEqual(255)
    expect(status.length).toBeLessThanOrEqual(256)
  })
})
