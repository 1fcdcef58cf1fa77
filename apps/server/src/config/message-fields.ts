/** The parts of a paid order that a message can show. */
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
 * What a field of each type can hold (developers.weixin.qq.com, subscribe message, limits of
 * parameter values): `thing` 20 characters, `phrase` 5 Chinese characters, `character_string` 32
 * characters. Nothing of an order fits into the types that are not listed.
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
      onProblem(
        `write each field as its type (${Object.keys(fitting).join(', ')}) and number, = and its content`,
      )
      return []
    }
    const source = fits.sources.find((one) => one === value)
    if (source !== undefined) return { name, content: source }
    const fixed = /^text:(.*)$/u.exec(value)?.[1]
    if (fixed !== undefined && fits.text?.test(fixed) === true) return { name, content: { text: fixed } }
    const possible = [
      ...fits.sources,
      ...(fits.text === undefined ? [] : ['text: and a text that is short enough']),
    ]
    onProblem(`${name} can hold ${possible.join(' or ')}`)
    return []
  })
}
