import { expect, test } from 'vitest'
import { en } from '../src/texts/en.ts'
import { zhCn } from '../src/texts/zh-cn.ts'

/** Every text with its key, such as `orders.title`. */
function textsOf(texts: object, prefix = ''): readonly (readonly [key: string, text: string])[] {
  return Object.entries(texts).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? textsOf(value, `${prefix}${name}.`)
      : [[`${prefix}${name}`, String(value)] as const],
  )
}

const placeholders = (text: string): readonly string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name).toSorted()

test('both languages have the same keys, and each text the same placeholders', () => {
  const chinese = new Map(textsOf(zhCn))
  expect([...chinese.keys()]).toEqual(textsOf(en).map(([key]) => key))
  for (const [key, text] of textsOf(en))
    expect([key, placeholders(chinese.get(key) ?? '')]).toEqual([key, placeholders(text)])
})

test('no text is empty, and none is left in the other language', () => {
  const chinese = new Map(textsOf(zhCn))
  const same = textsOf(en).filter(([key, text]) => text === chinese.get(key))
  for (const [key, text] of [...textsOf(en), ...chinese]) expect([key, text.trim()]).not.toEqual([key, ''])
  // Names, and what has no words.
  expect(same.map(([key]) => key).toSorted()).toEqual([
    'order.quantity',
    'payments.pspReference',
    'timeline.lanes.adyen',
    'timeline.webhook',
    'webhooks.pspReference',
  ])
})
