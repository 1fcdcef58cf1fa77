import { outcomes, resultCodes, surplusOutcome, type PaymentStatus } from '@tael/contracts'
import { describe, expect, test } from 'vitest'
import { en } from '../src/texts/en.ts'
import { zhCN } from '../src/texts/zh-cn.ts'
import { resultAction, resultView, unknownView } from '../src/views/result.ts'
import { payment } from './samples.ts'

describe('the result page', () => {
  test.each([
    ['starting', 'waiting', null],
    ['awaiting_shopper', 'waiting', 'continue'],
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

  test('money that goes back is no success and offers no payment', () => {
    const view = resultView({ ...payment('authorised'), outcome: surplusOutcome }, zhCN)
    expect(view).toMatchObject({ icon: 'info', title: '款项将退回', action: 'view_order' })
  })

  test('offers to pay only where the contract says that no money can be under way', () => {
    for (const code of Object.values(resultCodes)) {
      const paying = resultAction(code) === 'pay_again'
      expect(paying).toBe(code.final && code.status !== 'authorised')
    }
  })

  test('while nobody could be asked, there is nothing to press and nothing has failed', () => {
    expect(unknownView(en)).toMatchObject({
      icon: 'waiting',
      action: null,
      title: en.outcomes.confirming.title,
    })
  })

  test('an attempt that is not decided tells nobody to pay again', () => {
    const undecided: readonly PaymentStatus[] = ['starting', 'processing']
    for (const status of undecided) {
      const { text, action } = resultView(payment(status), en)
      expect(action).toBeNull()
      expect(text).not.toMatch(/can pay again|try again/i)
    }
  })
})
