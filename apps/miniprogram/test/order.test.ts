import { surplusOutcome } from '@tael/contracts'
import { describe, expect, test } from 'vitest'
import { en } from '../src/texts/en.ts'
import { zhCN } from '../src/texts/zh-cn.ts'
import { orderAction, orderView } from '../src/views/order.ts'
import { order, payment } from './samples.ts'

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

describe('an order as it is read', () => {
  test('in English, with its amounts from minor units', () => {
    expect(orderView(order('open', null), en, 'en')).toMatchObject({
      status: 'To pay',
      amount: '¥1,280.05',
      names: 'Longjing tea',
      summary: '2 items',
      lines: [{ name: 'Longjing tea', unitPrice: '¥128.50', amount: '¥257.00', quantity: '× 2' }],
      payment: null,
      actionLabel: 'Pay with WeChat Pay',
      paidAt: '',
    })
  })

  test('with a payment that nobody has decided yet, as being confirmed: not as one to pay', () => {
    expect(orderView(order('open', payment('processing')), zhCN, 'zh-CN')).toMatchObject({
      tone: 'open',
      status: '支付确认中',
      payBefore: '',
      actionLabel: '查看支付详情',
    })
    expect(orderView(order('open', payment('awaiting_shopper')), zhCN, 'zh-CN').status).toBe('待支付')
    expect(orderView(order('paid', payment('processing')), zhCN, 'zh-CN').status).toBe('已支付')
  })

  test('with money that goes back, which does not read as paid', () => {
    const surplus = { ...payment('authorised'), outcome: surplusOutcome }
    expect(orderView(order('expired', surplus), en, 'en').payment?.status).toBe(en.outcomes.surplus.title)
  })

  test('in Chinese, with its payment', () => {
    expect(orderView(order('paid', payment('authorised')), zhCN, 'zh-CN')).toMatchObject({
      status: '已支付',
      names: '龙井茶',
      payment: { id: 'pay_1', status: '支付成功' },
      actionLabel: '',
      payBefore: '',
      paidAt: expect.stringMatching(/^2026-11-2\d \d\d:01$/),
    })
  })
})
