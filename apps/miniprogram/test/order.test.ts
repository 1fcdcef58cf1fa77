import { type Order, outcomeOf, surplusOutcome } from '@tael/contracts'
import { describe, expect, test } from 'vitest'
import type { OrderState } from '../src/texts/keys.ts'
import { en } from '../src/texts/en.ts'
import { zhCN } from '../src/texts/zh-cn.ts'
import { orderAction, orderView } from '../src/views/order.ts'
import { orderState } from '../src/views/order-state.ts'
import { timelineOf } from '../src/views/timeline.ts'
import { order, payment, refund } from './samples.ts'

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

describe('how an order stands', () => {
  test.each<[OrderState, Partial<Order>]>([
    ['paid', {}],
    ['refund_requested', { refundRequestedAt: '2026-11-23T09:00:00.000Z' }],
    ['refunding', { refunds: [refund('requested')] }],
    ['refunding', { refunds: [refund('refunded', { amount: part }), refund('received')] }],
    ['refunded', { refunds: [refund('refunded')] }],
    ['refunded', { refunds: [refund('failed'), refund('refunded', { id: 'ref_2' })] }],
    ['partly_refunded', { refunds: [refund('refunded', { amount: part })] }],
    ['refund_failed', { refunds: [refund('failed')] }],
    // Money that came once too often goes back and says nothing of the goods.
    ['paid', { refunds: [refund('received', { reason: 'surplus' })] }],
  ])('%s, with %j', (state, change) => {
    expect(orderState({ ...paid, ...change })).toBe(state)
  })

  test('an order nobody has decided yet is being confirmed, whatever became of it', () => {
    expect(orderState(order('open', payment('processing')))).toBe('confirming')
    expect(orderState(order('expired', payment('starting')))).toBe('confirming')
    expect(orderState(order('open', payment('awaiting_shopper')))).toBe('open')
    expect(orderState(order('cancelled', payment('cancelled')))).toBe('cancelled')
  })
})

describe('what a shopper may undo', () => {
  test.each([
    [order('open', null), true, false],
    [order('open', payment('cancelled')), true, false],
    [order('open', payment('awaiting_shopper')), true, false],
    // It may be paid by now, and the server would refuse.
    [order('open', payment('processing')), false, false],
    [paid, false, true],
    [{ ...paid, refundRequestedAt: '2026-11-23T09:00:00.000Z' }, false, false],
    [{ ...paid, refunds: [refund('refunded', { amount: part })] }, false, true],
    [{ ...paid, refunds: [refund('refunded')] }, false, false],
    [order('expired', null), false, false],
    [order('cancelled', null), false, false],
  ])('case %#', (sample, cancellable, refundable) => {
    expect(orderView(sample, en, 'en')).toMatchObject({ cancellable, refundable })
  })
})

describe('an order as it is read', () => {
  test('in English, with its amounts from minor units', () => {
    expect(orderView(order('open', null), en, 'en')).toMatchObject({
      status: 'To pay',
      payBefore: expect.stringMatching(/^Please pay before 2026-11-2\d \d\d:30$/),
      amount: '¥1,280.05',
      names: 'Longjing tea',
      summary: '2 items',
      lines: [{ name: 'Longjing tea', unitPrice: '¥128.50', amount: '¥257.00', quantity: '× 2' }],
      actionLabel: 'Pay with WeChat Pay',
    })
  })

  test('with a payment that nobody has decided yet, as being confirmed: not as one to pay', () => {
    expect(orderView(order('open', payment('processing')), zhCN, 'zh-CN')).toMatchObject({
      state: 'confirming',
      status: '支付确认中',
      payBefore: '',
      actionLabel: '查看支付详情',
    })
  })

  test('in Chinese, paid', () => {
    expect(orderView(paid, zhCN, 'zh-CN')).toMatchObject({
      status: '已支付',
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
  test('tells newest first what happened, refunds by how they stand', () => {
    const refunds = [
      refund('refunded', { amount: part }),
      refund('failed', { id: 'ref_2', updatedAt: '2026-11-25T08:00:00.000Z' }),
    ]
    const timeline = timelineOf({ ...paid, refundRequestedAt: '2026-11-23T10:00:00.000Z', refunds }, en)
    expect(timeline.map(({ title, tone }) => [title, tone])).toEqual([
      ['Refund of ¥1,280.05 · not completed', 'failed'],
      ['Refund of ¥50.00 · returned', 'done'],
      ['You asked for a refund', 'done'],
      ['Paid', 'done'],
      ['Ordered', 'done'],
    ])
    expect(timeline[0]?.text).toBe(en.refundStatuses.failed.text)
    expect(new Set(timeline.map(({ key }) => key)).size).toBe(timeline.length)
  })

  test('tells how the latest payment stands as long as the order is not paid', () => {
    expect(headings(order('open', payment('cancelled')))).toEqual(['Payment cancelled', 'Ordered'])
    expect(timelineOf(order('open', payment('processing')), en)[0]).toMatchObject({ tone: 'waiting' })
    expect(headings(order('open', null))).toEqual(['Ordered'])
  })

  test('tells how an order ended, and that its late money goes back', () => {
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
    expect(newest).toMatchObject({ title: 'Refund of ¥1,280.05 · sent', tone: 'waiting' })
    expect(newest?.text).toContain(en.surplusRefund)
  })
})
