import { type Amount, formatAmount, type OrderLine } from '@tael/contracts'

/** What a message can tell of a paid order. */
const sources = ['amount', 'orderNumber', 'paidAt', 'goods'] as const
type Source = (typeof sources)[number]

/** One field of a template, and what stands in it: something of the order, or the same words each time. */
export interface MessageField {
  readonly name: string
  readonly content: Source | { readonly text: string }
}

/** A paid order, as a message tells of it. */
export interface PaidOrder {
  readonly id: string
  readonly amount: Amount
  readonly lines: readonly Pick<OrderLine, 'name' | 'quantity'>[]
  readonly paidAt: Date
}

const THING_MAX = 20

/**
 * What fits into a field of each type (developers.weixin.qq.com, subscribe message, limits of parameter values): `thing`
 * 20 characters, `phrase` 5 Chinese ones, `character_string` 32, the others in their form. The types not named here
 * hold nothing that an order has.
 */
const fitting: Readonly<Record<string, { readonly sources: readonly Source[]; readonly text?: RegExp }>> = {
  amount: { sources: ['amount'] },
  character_string: { sources: ['orderNumber'] },
  time: { sources: ['paidAt'] },
  date: { sources: ['paidAt'] },
  thing: { sources: ['goods'], text: /^\P{C}{1,20}$/u },
  phrase: { sources: [], text: /^\p{Script=Han}{1,5}$/u },
}

/**
 * The fields of a template as the configuration names them: `amount2=amount,thing4=goods,phrase5=text:支付成功`. What is
 * wrong with one is told to `problem`.
 */
export function readFields(text: string, problem: (words: string) => void): MessageField[] {
  return text.split(',').flatMap((entry) => {
    const [, name = '', type = '', said = ''] = /^(([a-z_]+)\d+)=(.+)$/.exec(entry.trim()) ?? []
    const fits = Object.hasOwn(fitting, type) ? fitting[type] : undefined
    if (fits === undefined) {
      problem(`a field is a type of ${Object.keys(fitting).join(', ')} with its number, = and what it holds`)
      return []
    }
    const source = fits.sources.find((one) => one === said)
    if (source !== undefined) return { name, content: source }
    const words = /^text:(.*)$/u.exec(said)?.[1]
    if (words !== undefined && fits.text?.test(words) === true) return { name, content: { text: words } }
    const possible = [
      ...fits.sources,
      ...(fits.text === undefined ? [] : ['text: and few enough characters']),
    ]
    problem(`${name} can hold ${possible.join(' or ')}`)
    return []
  })
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

const told: Readonly<Record<Source, (order: PaidOrder) => string>> = {
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
