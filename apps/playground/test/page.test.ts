import { expect, test } from 'vitest'
import type { LogEntry } from '@tael/simulator/call-log'
import { createRepeatFilter } from '../page/call-stream.ts'
import { formatTime } from '../page/diagram/details.ts'
import { rowOfLogEntry, rowOfPhoneCall } from '../page/diagram/rows.ts'

test('a time is shown to the millisecond', () => {
  expect(formatTime(new Date(2026, 10, 23, 9, 4, 7, 20).getTime())).toBe('09:04:07.020')
})

const entry: LogEntry = {
  id: 7,
  at: '2026-11-23T13:00:00.000Z',
  call: 3,
  from: 'server',
  to: 'adyen',
  kind: 'request',
  label: 'POST /payments',
}

test('an answer is labelled with its status and outcome, and marked when it failed', () => {
  const answer = { ...entry, kind: 'answer', from: 'adyen', to: 'server' } as const
  expect(rowOfLogEntry({ ...answer, status: 200, body: { resultCode: 'Refused' } })).toMatchObject({
    label: '200 Refused',
    failed: false,
  })
  expect(rowOfLogEntry({ ...answer, status: 422, body: { errorCode: '704' } })).toMatchObject({
    label: '422 704',
    failed: true,
  })
  expect(rowOfLogEntry({ ...answer, label: 'no answer (connection cut)' })?.failed).toBe(true)
})

test('a request from Adyen to the server is a webhook, and so is its answer', () => {
  expect(rowOfLogEntry(entry)?.webhook).toBe(false)
  expect(rowOfLogEntry({ ...entry, from: 'adyen', to: 'server' })?.webhook).toBe(true)
  expect(rowOfLogEntry({ ...entry, kind: 'answer' })?.webhook).toBe(true)
})

test('what the phone reports itself is not shown twice, a tap of the shopper is shown', () => {
  const tap = { ...entry, from: 'miniprogram', to: 'wechat' } as const
  expect(rowOfLogEntry({ ...tap, label: 'wx.requestPayment' })).toBeUndefined()
  expect(rowOfLogEntry({ ...tap, label: 'the shopper pays' })).toMatchObject({ label: 'the shopper pays' })
})

test('entries that a stream repeats are dropped, those of a restarted simulator are not', () => {
  const isNew = createRepeatFilter()
  const entries = [
    { id: 1, at: '2026-11-23T13:00:00.000Z' },
    { id: 2, at: '2026-11-23T13:00:00.000Z' },
    { id: 1, at: '2026-11-23T13:00:00.000Z' },
    { id: 2, at: '2026-11-23T13:00:00.000Z' },
    { id: 3, at: '2026-11-23T13:00:01.000Z' },
    { id: 1, at: '2026-11-23T13:00:05.000Z' },
    { id: 2, at: '2026-11-23T13:00:05.000Z' },
  ]
  expect(entries.map(isNew)).toEqual([true, true, false, false, true, true, true])
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
  expect(rowOfPhoneCall(call, 1).id).not.toBe(rowOfPhoneCall(call, 2).id)
})
