import { outcomes, resultCodes, surplusOutcome, type PaymentStatus } from '@tael/contracts'
import { describe, expect, test } from 'vitest'
import { en } from '../src/texts/en.ts'
import { zhCN } from '../src/texts/zh-cn.ts'
import { resultAction, resultView, unknownView } from '../src/views/result.ts'
import { payment } from './samples.ts'

describe('the result page', () => {
  test.each([
    ['starting', 'waiting', null],
    ['awaiting_shopper', 'info', 'continue'],
    ['processing', 'waiting', null],
    ['expired', 'info', 'pay_again'],
    ['error', 'warn', 'pay_again'],
    ['cancelled', 'info', 'pay_again'],
    ['refused', 'warn', 'pay_again'],
    ['authorised', 'success', 'view_order'],
  ] as const)('%s shows the icon %s and offers %s', (status, icon, action) => {
    expect(resultView(payment(status), en)).toMatchObject({
      icon,
      action,
      title: en.outcomes[outcomes[status].message].title,
      amount: '¥1,280.05',
      orderId: 'ord_1',
    })
  })

  test('surplus is not a success, and offers no payment', () => {
    const view = resultView({ ...payment('authorised'), outcome: surplusOutcome }, zhCN)
    expect(view).toMatchObject({ icon: 'info', title: '款项将退回', action: 'view_order' })
  })

  test('offers to pay again only after an attempt that ended unpaid', () => {
    for (const code of Object.values(resultCodes)) {
      const paying = resultAction(code) === 'pay_again'
      expect(paying).toBe(code.final && code.status !== 'authorised')
    }
  })

  test('while the payment could not be read, offers nothing and shows no failure', () => {
    expect(unknownView(en)).toMatchObject({
      icon: 'waiting',
      action: null,
      title: en.outcomes.confirming.title,
    })
  })

  test('an undecided attempt offers no payment', () => {
    const undecided: readonly PaymentStatus[] = ['starting', 'processing']
    expect(undecided.map((status) => resultView(payment(status), en).action)).toEqual([null, null])
  })
})
