/** What of a paid order a message can show. */
const sources = ['amount', 'orderNumber', 'paidAt', 'goods'] as const
export type MessageSource = (typeof sources)[number]

/** One field of a template and its content: a value of the order, or a fixed text. */
export interface MessageField {
  readonly name: string
  readonly content: MessageSource | { readonly text: string }
}

/** The longest `thing`, in characters. */
export const THING_MAX = 20

/**
 * What fits into a field of each type (developers.weixin.qq.com, subscribe message, limits of
 * parameter values): `thing` 20 characters, `phrase` 5 Chinese ones, `character_string` 32, the
 * others in their form. Types that are not listed hold nothing that an order has.
 */
const fitting: Readonly<
  Record<string, { readonly sources: readonly MessageSource[]; readonly text?: RegExp }>
> = {
  amount: { sources: ['amount'] },
  character_string: { sources: ['orderNumber'] },
  time: { sources: ['paidAt'] },
  date: { sources: ['paidAt'] },
  thing: { sources: ['goods'], text: new RegExp(String.raw`^\P{C}{1,${THING_MAX}}$`, 'u') },
  phrase: { sources: [], text: /^\p{Script=Han}{1,5}$/u },
}

/**
 * The fields of a template as the configuration lists them:
 * `amount2=amount,thing4=goods,phrase5=text:支付成功`. Calls `onProblem` for each invalid one.
 */
export function readMessageFields(text: string, onProblem: (problem: string) => void): MessageField[] {
  return text.split(',').flatMap((entry) => {
    const [, name = '', type = '', value = ''] = /^(([a-z_]+)\d+)=(.+)$/.exec(entry.trim()) ?? []
    const fits = Object.hasOwn(fitting, type) ? fitting[type] : undefined
    if (fits === undefined) {
      onProblem(`a field is a type of ${Object.keys(fitting).join(', ')} with its number, = and its content`)
      return []
    }
    const source = fits.sources.find((one) => one === value)
    if (source !== undefined) return { name, content: source }
    const fixed = /^text:(.*)$/u.exec(value)?.[1]
    if (fixed !== undefined && fits.text?.test(fixed) === true) return { name, content: { text: fixed } }
    const possible = [
      ...fits.sources,
      ...(fits.text === undefined ? [] : ['text: and few enough characters']),
    ]
    onProblem(`${name} can hold ${possible.join(' or ')}`)
    return []
  })
}
