import { outcomes } from '@tael/contracts'
import { describe, expect, test } from 'vitest'
import { en } from '../src/texts/en.ts'
import { withOverrides } from '../src/texts/with-overrides.ts'
import { zhCN } from '../src/texts/zh-cn.ts'
import { errorText, problemText } from '../src/views/problem.ts'
import { problem, tea } from './samples.ts'

/** Every text of a dictionary with its path; phrases get amounts as their values. */
function textsOf(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') return [[path, String(Reflect.apply(value, undefined, ['¥1', '¥2']))]]
  return Object.entries(Object(value)).flatMap(([key, each]) => textsOf(each, `${path}.${key}`))
}

const chinese = textsOf(zhCN, 'zhCN')
const english = textsOf(en, 'en')

describe('the dictionaries', () => {
  test('have the same keys', () => {
    const keys = (all: typeof chinese) => all.map(([path]) => path.slice(path.indexOf('.')))
    expect(keys(english)).toEqual(keys(chinese))
    expect(english.length).toBeGreaterThan(80)
  })

  test('have no empty text, and are each in their language', () => {
    // A label and its value bring their own words.
    const written = chinese.filter(([path]) => path !== 'zhCN.phrases.labelled')
    expect(written.filter(([, text]) => !/\p{Script=Han}/u.test(text))).toEqual([])
    expect(english.filter(([, text]) => !/^[^\p{Script=Han}]+$/u.test(text))).toEqual([])
  })

  test('punctuate Chinese in full width, without spaces between sentences', () => {
    expect(chinese.filter(([, text]) => /[,:;!?]|[。，：；！？] | [。，：；！？]/.test(text))).toEqual([])
  })

  test('fit the buttons of wx.showModal, which hold four characters', () => {
    for (const { payment, questions } of [zhCN, en]) {
      const buttons = [payment.confirm, payment.decline]
      for (const { yes, no } of Object.values(questions)) buttons.push(yes, no)
      expect(buttons.filter((button) => button.length > 4)).toEqual([])
    }
  })

  test("take a merchant's own wording, text by text", () => {
    const ours = withOverrides(en, { cart: { empty: 'Nothing in your basket' }, reload: 'Once more' })
    expect(ours.cart).toEqual({ ...en.cart, empty: 'Nothing in your basket' })
    expect(ours.reload).toBe('Once more')
    expect(textsOf(ours, '')).toHaveLength(english.length)
  })

  test('can be overridden in every section', () => {
    const shouted = Object.fromEntries(
      Object.entries(en).map(([key, section]) => [
        key,
        typeof section === 'string'
          ? 'OURS'
          : Object.fromEntries(Object.keys(section).map((name) => [name, 'OURS'])),
      ]),
    )
    expect(withOverrides(en, shouted)).toEqual(shouted)
  })
})

/** What a text must not claim while the outcome is unknown, in either language. */
const PAID = /已收到|已付款|已支付|支付成功|received|success|\bpaid\b/i
const NOT_PAID =
  /没有|未|(?:支付|付款)失败|取消|超时|退回|not (?:been )?(?:paid|received|charged|completed?)|fail|declin|cancel|timed out|refund/i
/** "If you have paid, …" claims nothing. */
const CONDITION = /如果[^，。；]*|\bif (?:not|you)[^,.:;]*/gi

describe('the texts of an undecided payment', () => {
  const undecided = Object.values(outcomes).flatMap(({ message, final }) => (final ? [] : [message]))

  test('are those of three outcomes', () => {
    expect(undecided).toEqual(['confirming', 'awaiting_shopper', 'processing'])
  })

  test.each([
    ['zh-CN', zhCN],
    ['en', en],
  ] as const)('claim neither paid nor not paid, and do not ask to pay again, in %s', (_, dictionary) => {
    const { awaiting_shopper: unpaid, ...outcomeTexts } = dictionary.outcomes
    const texts = [
      unpaid.text,
      outcomeTexts.confirming.title,
      outcomeTexts.confirming.text,
      outcomeTexts.processing.title,
      outcomeTexts.processing.text,
      ...Object.values(dictionary.orderStates.confirming),
      dictionary.result.stillConfirming,
      dictionary.result.notify,
      dictionary.problems.offline,
      dictionary.problems.unreadable,
      dictionary.problems.internal_error,
      dictionary.problems.not_ready,
    ].map((text) => text.replace(CONDITION, ''))
    const asks = /重新付款|重新支付|can pay again|try to pay/i
    expect(texts.filter((text) => PAID.test(text) || NOT_PAID.test(text) || asks.test(text))).toEqual([])
  })

  test.each([
    ['zh-CN', zhCN, '尚未付款'],
    ['en', en, 'Not paid yet'],
  ] as const)(
    'say "not paid yet" where nothing says that money moved, and ask whoever paid to wait, in %s',
    (_, { outcomes: { awaiting_shopper: unpaid } }, title) => {
      expect(unpaid.title).toBe(title)
      expect(unpaid.text).toMatch(/^如果您已付款，请稍候|^If you have paid, please wait/)
      expect(unpaid.text).toMatch(/继续付款|you can continue/)
    },
  )

  test.each([
    ['zh-CN', zhCN],
    ['en', en],
  ] as const)('of a decided one do claim its outcome, by the same patterns, in %s', (_, { outcomes }) => {
    expect(outcomes.paid.text).toMatch(PAID)
    for (const message of ['cancelled', 'refused', 'error', 'expired', 'order_cancelled'] as const) {
      expect(Object.values(outcomes[message]).join()).toMatch(NOT_PAID)
    }
  })

  test.each([
    ['zh-CN', zhCN, /没有扣款|没有被扣款/],
    ['en', en, /charged/i],
  ] as const)(
    'never promise that nothing was charged: money may still arrive, in %s',
    (_, texts, charged) => {
      expect(textsOf(texts, '').filter(([, text]) => charged.test(text))).toEqual([])
    },
  )
})

const left = (available: number) => problem('too_many_pieces', { productId: 'tea', available })

describe('the text for an error', () => {
  const language = { texts: en, locale: 'en' } as const

  test('is never the detail of the problem, and for an unknown code that of a server error', () => {
    expect(errorText(problem('order_not_payable'), language)).toBe(en.problems.order_not_payable)
    expect(problemText('added_later', en)).toBe(en.problems.internal_error)
  })

  test('names the product that is out of stock, and how many are left', () => {
    const error = problem('out_of_stock', { productId: 'tea', available: 3 })
    expect(errorText(error, language, [tea])).toBe('Only 3 of “Longjing tea” left.')
    expect(errorText(error, language)).toBe(en.problems.out_of_stock)
    expect(errorText(problem('out_of_stock'), language, [tea])).toBe(en.problems.out_of_stock)
  })

  test('names the product of which a shopper may order only so many', () => {
    expect(errorText(left(3), language, [tea])).toBe('You can order 3 of “Longjing tea” for now.')
    expect(errorText(left(0), language, [tea])).toContain('Please pay or cancel an unpaid order first.')
    expect(errorText(problem('too_many_pieces'), language, [tea])).toBe(en.problems.too_many_pieces)
  })
})
