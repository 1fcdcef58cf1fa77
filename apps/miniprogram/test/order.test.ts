import { type Order, outcomeOf, surplusOutcome } from '@tael/contracts'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { OrderState } from '../src/texts/keys.ts'
import { en } from '../src/texts/en.ts'
import { zhCN } from '../src/texts/zh-cn.ts'
import { orderAction, orderView } from '../src/views/order.ts'
import { orderState } from '../src/views/order-state.ts'
import { timelineOf } from '../src/views/timeline.ts'
import { order, payment, refund } from './samples.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('what an order offers', () => {
  test.each([
    ['open', null, 'pay'],
    ['open', 'starting', 'view_payment'],
    ['open', 'awaiting_shopper', 'continue'],
    ['open', 'processing', 'view_payment'],
    ['open', 'expired', 'pay_again'],
    ['open', 'error', 'pay_again'],
    ['open', 'cancelled', 'pay_again'],
    ['open', 'refused', 'pay_again'],
    ['open', 'authorised', null],
    ['paid', 'authorised', null],
    ['paid', 'refused', null],
    ['expired', null, null],
    ['expired', 'cancelled', null],
    ['expired', 'awaiting_shopper', null],
    ['expired', 'processing', 'view_payment'],
  ] as const)('an order that is %s with a payment that is %s offers %s', (status, latest, action) => {
    expect(orderAction(order(status, latest === null ? null : payment(latest)))).toBe(action)
  })
})

const paid = order('paid', payment('authorised'))
const part = { currency: 'CNY', value: 5_000 } as const

describe('the state of an order', () => {
  test.each<[OrderState, Partial<Order>]>([
    ['paid', {}],
    ['refund_requested', { refundRequestedAt: '2026-11-23T09:00:00.000Z' }],
    ['refunding', { refunds: [refund('requested')] }],
    ['refunding', { refunds: [refund('refunded', { amount: part }), refund('received')] }],
    ['refunded', { refunds: [refund('refunded')] }],
    ['refunded', { refunds: [refund('failed'), refund('refunded', { id: 'ref_2' })] }],
    ['partly_refunded', { refunds: [refund('refunded', { amount: part })] }],
    ['refund_failed', { refunds: [refund('failed')] }],
    // Refunds of surplus do not concern the goods.
    ['paid', { refunds: [refund('received', { reason: 'surplus' })] }],
  ])('%s, with %j', (state, change) => {
    expect(orderState({ ...paid, ...change })).toBe(state)
  })

  test('is confirming while its payment is undecided, whatever its status', () => {
    expect(orderState(order('open', payment('processing')))).toBe('confirming')
    expect(orderState(order('expired', payment('starting')))).toBe('confirming')
    expect(orderState(order('open', payment('awaiting_shopper')))).toBe('open')
    expect(orderState(order('cancelled', payment('cancelled')))).toBe('cancelled')
  })
})

describe('what a shopper may cancel or ask to be refunded', () => {
  test.each([
    [order('open', null), true, false],
    [order('open', payment('cancelled')), true, false],
    [order('open', payment('awaiting_shopper')), true, false],
    // It may already be paid, and the server would refuse.
    [order('open', payment('processing')), false, false],
    [paid, false, true],
    [{ ...paid, refundRequestedAt: '2026-11-23T09:00:00.000Z' }, false, false],
    [{ ...paid, refunds: [refund('refunded', { amount: part })] }, false, true],
    [{ ...paid, refunds: [refund('refunded')] }, false, false],
    [order('expired', null), false, false],
    [order('cancelled', null), false, false],
  ])('of order %#', (sample, cancellable, refundable) => {
    expect(orderView(sample, en, 'en')).toMatchObject({ cancellable, refundable })
  })
})

describe('an order', () => {
  test('reads well in English, with amounts from minor units', () => {
    vi.useFakeTimers({ now: new Date('2026-12-01T00:00:00.000Z') })
    expect(orderView(order('open', null), en, 'en')).toMatchObject({
      status: 'Awaiting payment',
      payBefore: expect.stringMatching(/^Please pay before 2026-11-2\d \d\d:30$/),
      amount: '¥1,280.05',
      names: 'Longjing tea',
      summary: '2 items',
      lines: [{ name: 'Longjing tea', unitPrice: '¥128.50', amount: '¥257.00', quantity: '× 2' }],
      actionLabel: 'Pay now',
    })
  })

  test('leaves the day out of its deadline where that is today', () => {
    const shown = order('open', null)
    vi.useFakeTimers({ now: new Date(shown.createdAt) })
    expect(orderView(shown, zhCN, 'zh-CN').payBefore).toMatch(/^请在 \d\d:30 前付款$/)
    vi.setSystemTime(new Date(shown.createdAt).getTime() - 86_400_000)
    expect(orderView(shown, zhCN, 'zh-CN').payBefore).toMatch(/^请在 2026-11-2\d \d\d:30 前付款$/)
  })

  test('with an undecided payment reads as being confirmed, not as one to pay', () => {
    expect(orderView(order('open', payment('processing')), zhCN, 'zh-CN')).toMatchObject({
      state: 'confirming',
      status: '支付确认中',
      payBefore: '',
      actionLabel: '查看支付详情',
    })
  })

  test('reads well in Chinese', () => {
    expect(orderView(paid, zhCN, 'zh-CN')).toMatchObject({
      status: '已付款',
      names: '龙井茶',
      actionLabel: '',
      payBefore: '',
    })
  })
})

/** Headings of a timeline, newest first. */
function headings(sample: Order): readonly string[] {
  return timelineOf(sample, en).map(({ title }) => title)
}

describe('the timeline of an order', () => {
  test('shows its events, newest first, and refunds by their status', () => {
    const refunds = [
      refund('refunded', { amount: part }),
      refund('failed', { id: 'ref_2', updatedAt: '2026-11-25T08:00:00.000Z' }),
    ]
    const timeline = timelineOf({ ...paid, refundRequestedAt: '2026-11-23T10:00:00.000Z', refunds }, en)
    expect(timeline.map(({ title, tone }) => [title, tone])).toEqual([
      ['Refund of ¥1,280.05 · failed', 'failed'],
      ['Refund of ¥50.00 · completed', 'done'],
      ['You requested a refund', 'done'],
      ['Paid', 'done'],
      ['Ordered', 'done'],
    ])
    expect(timeline[0]?.text).toBe(en.refundStatuses.failed.text)
    expect(new Set(timeline.map(({ key }) => key)).size).toBe(timeline.length)
  })

  test('shows the outcome of the latest payment until the order is paid', () => {
    expect(headings(order('open', payment('cancelled')))).toEqual(['Payment cancelled', 'Ordered'])
    expect(timelineOf(order('open', payment('processing')), en)[0]).toMatchObject({ tone: 'waiting' })
    expect(headings(order('open', null))).toEqual(['Ordered'])
  })

  test('shows how the order ended, and that late money is refunded', () => {
    expect(headings(order('expired', null))).toEqual(['Closed, not paid in time', 'Ordered'])
    const closed = {
      ...payment('cancelled'),
      outcome: outcomeOf('cancelled', { surplus: false, order: 'cancelled' }),
    }
    expect(headings(order('cancelled', closed))).toEqual(['Cancelled by you', 'Ordered'])
    const late = { ...payment('authorised'), outcome: surplusOutcome }
    const [newest] = timelineOf(
      { ...order('expired', late), refunds: [refund('received', { reason: 'surplus' })] },
      en,
    )
    expect(newest).toMatchObject({ title: 'Refund of ¥1,280.05 · in progress', tone: 'waiting' })
    expect(newest?.text).toBe(en.phrases.surplusRefund(en.refundStatuses.received.text))
  })
})
