import type { Product } from '@tael/contracts'
import { isProblem, problemCodeOf } from '../services/errors.ts'
import type { Locale, Messages } from '../texts/messages.ts'

/** The words for a code; a code this version does not know is a problem of the shop's. */
export function problemText(code: string, { problems }: Messages): string {
  const words: Readonly<Record<string, string | undefined>> = problems
  return words[code] ?? problems.internal_error
}

/** The words for an error, with what the problem says beside its code. Throws an error that no call makes. */
export function errorText(
  error: unknown,
  messages: Messages,
  { products, locale }: { readonly products: readonly Product[]; readonly locale: Locale },
): string {
  if (isProblem(error, 'out_of_stock')) {
    const { productId, available } = error.problem
    const product = products.find(({ id }) => id === productId)
    if (product !== undefined && available !== undefined) {
      return messages.phrases.stockLeft(product.name[locale], available)
    }
  }
  return problemText(problemCodeOf(error), messages)
}
