import { type Amount, formatAmount, type OrderLine } from '@tael/contracts'
import { type MessageField, type MessageSource, THING_MAX } from '../config/message-fields.ts'

/** A paid order, as a message tells of it. */
export interface PaidOrder {
  readonly id: string
  readonly amount: Amount
  readonly lines: readonly Pick<OrderLine, 'name' | 'quantity'>[]
  readonly paidAt: Date
}

/** The `data` of a message: a value for each field of its template. */
export function fillIn(
  fields: readonly MessageField[],
  order: PaidOrder,
): Record<string, { readonly value: string }> {
  const values = fields.map(({ name, content }) => {
    const value = typeof content === 'string' ? told[content](order) : content.text
    return [name, { value }] as const
  })
  return Object.fromEntries(values)
}

const told: Readonly<Record<MessageSource, (order: PaidOrder) => string>> = {
  // One symbol and digits alone: `HK$1,280.00` is $1280.00.
  amount: ({ amount }) => /[^A-Z]+$/.exec(formatAmount(amount).replaceAll(',', ''))?.[0] ?? '',
  // Without its prefix it has the 32 characters that fit.
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

/** `2026年11月23日 20:01`: the form both `time` and `date` take, in the time of WeChat's shoppers. */
const chinaTime = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})
