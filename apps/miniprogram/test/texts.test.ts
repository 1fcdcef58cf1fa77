import { describe, expect, test } from 'vitest'
import { en } from '../src/texts/en.ts'
import { changed } from '../src/texts/change.ts'
import { zhCN } from '../src/texts/zh-cn.ts'
import { errorText, problemText } from '../src/views/problem.ts'
import { problem, tea } from './samples.ts'

/** Every sentence of a dictionary by its path; phrases are filled in. */
function sentences(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') return [[path, String(Reflect.apply(value, undefined, ['¥1', '¥2']))]]
  return Object.entries(Object(value)).flatMap(([key, each]) => sentences(each, `${path}.${key}`))
}

const chinese = sentences(zhCN, 'zhCN')
const english = sentences(en, 'en')

describe('the dictionaries', () => {
  test('say the same things', () => {
    const keys = (all: typeof chinese) => all.map(([path]) => path.slice(path.indexOf('.')))
    expect(keys(english)).toEqual(keys(chinese))
    expect(english.length).toBeGreaterThan(80)
  })

  test('leave nothing unsaid and are each in their language', () => {
    expect(chinese.filter(([, text]) => !/\p{Script=Han}/u.test(text))).toEqual([])
    expect(english.filter(([, text]) => !/^[^\p{Script=Han}]+$/u.test(text))).toEqual([])
  })

  test('never tell to pay again while nothing is decided', () => {
    for (const { outcomes } of [zhCN, en]) {
      for (const { text } of [outcomes.confirming, outcomes.processing, outcomes.awaiting_shopper]) {
        expect(text).not.toMatch(/can pay again|try again|可以重新支付|再试/i)
      }
    }
  })

  test('fit the buttons of wx.showModal, which take four characters', () => {
    for (const { payment, questions } of [zhCN, en]) {
      const buttons = [payment.confirm, payment.decline]
      for (const { yes, no } of Object.values(questions)) buttons.push(yes, no)
      expect(buttons.filter((button) => button.length > 4)).toEqual([])
    }
  })

  test('give way to the words of a merchant, one by one', () => {
    const ours = changed(en, { cart: { empty: 'Nothing in your basket' }, reload: 'Once more' })
    expect(ours.cart).toEqual({ ...en.cart, empty: 'Nothing in your basket' })
    expect(ours.reload).toBe('Once more')
    expect(sentences(ours, '')).toHaveLength(english.length)
  })
})

describe('the words for an error', () => {
  const context = { products: [tea], locale: 'en' } as const

  test('never the detail of the problem; a code of tomorrow is the shop’s problem', () => {
    expect(errorText(problem('order_not_payable'), en, context)).toBe(en.problems.order_not_payable)
    expect(problemText('invented_tomorrow', en)).toBe(en.problems.internal_error)
  })

  test('what is left of which product', () => {
    const error = problem('out_of_stock', { productId: 'tea', available: 3 })
    expect(errorText(error, en, context)).toBe('Only 3 of “Longjing tea” left.')
    expect(errorText(problem('out_of_stock'), en, context)).toBe(en.problems.out_of_stock)
  })
})
