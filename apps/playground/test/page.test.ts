import { expect, test } from 'vitest'
import { formatMoney } from '../page/cashier/money.ts'
import { fromPhone, fromSimulator } from '../page/diagram/messages.ts'
import { createNews, type SimulatorMessage } from '../page/simulator.ts'

test.each([
  [{ currency: 'CNY', value: 12_800 }, '¥128.00'],
  [{ currency: 'CNY', value: 5 }, '¥0.05'],
  [{ currency: 'CNY', value: 99_999_999_999 }, '¥999,999,999.99'],
  [{ currency: 'JPY', value: 1280 }, '¥1,280'],
])('the cashier shows %j as %s', (amount, text) => {
  expect(formatMoney(amount, 'en')).toBe(text)
})

const message: SimulatorMessage = {
  id: 7,
  at: '2026-11-23T13:00:00.000Z',
  call: 3,
  from: 'server',
  to: 'adyen',
  kind: 'request',
  label: 'POST /payments',
}

test('an answer is named by its status and the word that matters, and is red when it failed', () => {
  const answer = { ...message, kind: 'answer', from: 'adyen', to: 'server' } as const
  expect(fromSimulator({ ...answer, status: 200, body: { resultCode: 'Refused' } })).toMatchObject({
    label: '200 Refused',
    failed: false,
  })
  expect(fromSimulator({ ...answer, status: 422, body: { errorCode: '704' } })).toMatchObject({
    label: '422 704',
    failed: true,
  })
  expect(fromSimulator({ ...answer, label: 'no answer (connection cut)' })?.failed).toBe(true)
})

test('what Adyen sends to the server is a webhook, its answer too', () => {
  expect(fromSimulator(message)?.webhook).toBe(false)
  expect(fromSimulator({ ...message, from: 'adyen', to: 'server' })?.webhook).toBe(true)
  expect(fromSimulator({ ...message, kind: 'answer' })?.webhook).toBe(true)
})

test('what the phone tells itself is not shown twice, what only the shopper did is shown', () => {
  const tap = { ...message, from: 'miniprogram', to: 'wechat' } as const
  expect(fromSimulator({ ...tap, label: 'wx.requestPayment' })).toBeUndefined()
  expect(fromSimulator({ ...tap, label: 'the shopper pays' })).toMatchObject({ label: 'the shopper pays' })
})

test('what a stream repeats is no news; what a simulator says that started again is', () => {
  const isNew = createNews()
  const told = [
    { id: 1, at: '2026-11-23T13:00:00.000Z' },
    { id: 2, at: '2026-11-23T13:00:00.000Z' },
    { id: 1, at: '2026-11-23T13:00:00.000Z' },
    { id: 2, at: '2026-11-23T13:00:00.000Z' },
    { id: 3, at: '2026-11-23T13:00:01.000Z' },
    { id: 1, at: '2026-11-23T13:00:05.000Z' },
    { id: 2, at: '2026-11-23T13:00:05.000Z' },
  ]
  expect(told.map(isNew)).toEqual([true, true, false, false, true, true, true])
})

test('calls of two phones never share an id', () => {
  const call = {
    type: 'call',
    phase: 'request',
    call: 1,
    at: 0,
    api: 'login',
    label: 'wx.login',
    failed: false,
  } as const
  expect(fromPhone(call, 1).id).not.toBe(fromPhone(call, 2).id)
})
