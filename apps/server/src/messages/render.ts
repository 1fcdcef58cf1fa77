import { type Amount, amountParts, type OrderLine } from '@tael/contracts'
import { type MessageField, type MessageSource, THING_MAX } from '../config/message-fields.ts'

/** The parts of a paid order that a message can show. */
export interface PaidOrder {
  readonly id: string
  readonly amount: Amount
  readonly lines: readonly Pick<OrderLine, 'name' | 'quantity'>[]
  readonly paidAt: Date
}

/** Renders the `data` of a message: a value for each field of its template. */
export function renderFields(
  fields: readonly MessageField[],
  order: PaidOrder,
): Record<string, { readonly value: string }> {
  const values = fields.map(({ name, content }) => {
    const value = typeof content === 'string' ? renderers[content](order) : content.text
    return [name, { value }] as const
  })
  return Object.fromEntries(values)
}

const renderers: Readonly<Record<MessageSource, (order: PaidOrder) => string>> = {
  // WeChat accepts one currency sign and digits.
  amount: ({ amount }) => {
    const { sign, whole, fraction } = amountParts(amount)
    return sign + whole + fraction
  },
  // Without its prefix: a field holds 32 characters.
  orderNumber: ({ id }) => id.slice(id.indexOf('_') + 1),
  paidAt: ({ paidAt }) => chinaTime.format(paidAt),
  goods: ({ lines }) => {
    const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0)
    const count = pieces > 1 ? ` 共${pieces}件` : ''
    const name = (lines[0]?.name['zh-CN'] ?? '').replaceAll(/\p{C}/gu, ' ')
    return (
      Array.from(name)
        .slice(0, THING_MAX - count.length)
        .join('') + count
    )
  },
}

/** `2026年11月23日 20:01` in China's time: WeChat accepts it for both `time` and `date`. */
const chinaTime = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})
