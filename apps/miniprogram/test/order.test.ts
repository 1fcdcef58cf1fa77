import { type Order, outcomeOf, surplusOutcome } from '@tael/contracts'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { StoredAttempt } from '@tael/miniprogram-pay/shop'
import type { OrderState } from '../src/texts/keys.ts'
import { en } from '../src/texts/en.ts'
import { zhCN } from '../src/texts/zh-cn.ts'
import { inQuestion, orderAction, orderView } from '../src/views/order.ts'
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
      payBefore: expect.stringMatching(/^Please pay before 2026\u201111\u20112\d \d\d:30, 29 min left$/),
      amount: '¥1,280.05',
      names: 'Longjing tea',
      summary: '2 items',
      lines: [{ name: 'Longjing tea', unitPrice: '¥128.50', amount: '¥257.00', quantity: '× 2' }],
      actionLabel: 'Pay now',
    })
  })

  test('leaves the day out of its deadline where that is today, and never breaks it', () => {
    const shown = order('open', null)
    vi.useFakeTimers({ now: new Date(shown.createdAt) })
    expect(orderView(shown, zhCN, 'zh-CN').payBefore).toMatch(/^请在 \d\d:30 前付款，还剩 29 分钟$/)
    vi.setSystemTime(new Date(shown.createdAt).getTime() - 86_400_000)
    expect(orderView(shown, zhCN, 'zh-CN').payBefore).toMatch(
      /^请在 2026\u201111\u20112\d \d\d:30 前付款，还剩 29 分钟$/,
    )
  })

  test('past its end names no deadline', () => {
    expect(orderView({ ...order('open', null), leftMs: 0 }, en, 'en').payBefore).toBe('')
  })

  test('reads as being confirmed while the phone has an attempt that the server did not answer', () => {
    const open = order('open', payment('cancelled'))
    const attempt = { orderId: 'ord_1', amount: open.amount, key: 'k'.repeat(32) }
    const state = (stored: StoredAttempt | undefined) => orderState(inQuestion(open, stored))
    expect(state({ ...attempt, paymentId: 'pay_2' })).toBe('confirming')
    expect(state(attempt)).toBe('confirming')
    expect(state({ ...attempt, paymentId: 'pay_1', errMsg: 'requestPayment:ok' })).toBe('confirming')
    expect(state({ ...attempt, paymentId: 'pay_1' })).toBe('open')
    expect(state({ ...attempt, orderId: 'ord_2' })).toBe('open')
    expect(state(undefined)).toBe('open')
    expect(inQuestion(paid, attempt)).toBe(paid)
  })

  test('that was shipped shows so at its head, with carrier and number', () => {
    const shipment = { at: '2026-11-24T08:00:00.000Z', carrier: 'SF', trackingNo: '7561' }
    const shipped = { ...paid, shipment }
    const view = orderView(shipped, en, 'en')
    expect(view).toMatchObject({ status: 'Shipped', text: 'SF 7561', refundable: true })
    const unnamed = { ...paid, shipment: { ...shipment, carrier: null, trackingNo: null } }
    expect(orderView(unnamed, en, 'en').text).toBe(en.orderStates.shipped.text)
  })

  test('shows that a refund was declined, and why', () => {
    const refundDecline = { at: '2026-11-24T08:00:00.000Z', reason: 'The tea was opened.' }
    const declined = { ...paid, refundRequestedAt: '2026-11-23T09:00:00.000Z', refundDecline }
    expect(orderView(declined, en, 'en')).toMatchObject({
      status: 'Refund declined',
      text: 'The tea was opened.',
      refundable: false,
    })
    expect(timelineOf(declined, en)[0]).toMatchObject({
      title: en.timeline.refundDeclined,
      text: 'The tea was opened.',
    })
    // A refund made later counts more.
    expect(orderState({ ...declined, refunds: [refund('received')] })).toBe('refunding')
  })

  test('shows how much of it was refunded', () => {
    const refunded = { ...paid, refunds: [refund('refunded', { amount: part })] }
    expect(orderView(refunded, en, 'en').status).toBe('Partly refunded ¥50.00')
  })

  test.each<[string, Order, boolean]>([
    ['expired', order('expired', null), true],
    ['cancelled', order('cancelled', null), true],
    ['refunded', { ...paid, refunds: [refund('refunded')] }, true],
    ['paid', paid, false],
    ['open', order('open', null), false],
  ])('that is %s offers to buy its goods again: %#', (_, sample, reorderable) => {
    expect(orderView(sample, en, 'en')).toMatchObject({ reorderable })
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
    expect(timelineOf(order('open', payment('processing')), en)[0]).toMatchObject({
      text: '',
      tone: 'waiting',
    })
    expect(headings(order('open', null))).toEqual(['Ordered'])
  })

  test('of an order that ended leaves out how its last attempt did, but not one that is undecided', () => {
    const ended = {
      ...payment('expired'),
      outcome: outcomeOf('expired', { surplus: false, order: 'expired' }),
    }
    expect(headings(order('expired', ended))).toEqual(['Closed, not paid in time', 'Ordered'])
    expect(headings(order('expired', payment('processing')))).toContain('Payment processing')
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

describe('the address of an order', () => {
  const address = {
    userName: '李四',
    telNumber: '13800000000',
    provinceName: '北京市',
    cityName: '北京市',
    countyName: '朝阳区',
    streetName: '三里屯街道',
    detailInfo: '三里屯街道工体北路8号',
  }

  test('names each part once', () => {
    const { deliverTo } = orderView({ ...order('paid', null), deliverTo: address }, zhCN, 'zh-CN')
    expect(deliverTo).toEqual({
      label: zhCN.address.label,
      recipient: '李四 13800000000',
      text: '北京市朝阳区三里屯街道工体北路8号',
    })
  })

  test('is not shown where there is none', () => {
    expect(orderView(order('paid', null), en, 'en').deliverTo).toBeNull()
  })
})
