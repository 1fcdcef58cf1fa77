import type { Product } from '@tael/contracts'
import { isProblem, problemCodeOf } from '@tael/miniprogram-pay/shop'
import type { Locale, Texts } from '../texts/texts.ts'

/** The text for a code. A code this version does not know gets the text of a server error. */
export function problemText(code: string, { problems }: Texts): string {
  const known: Readonly<Record<string, string | undefined>> = problems
  return known[code] ?? problems.internal_error
}

/** The text for an error, with the details of its problem. Throws on an error that is a bug. */
export function errorText(
  error: unknown,
  language: { readonly texts: Texts; readonly locale: Locale },
  products: readonly Product[] = [],
): string {
  if (isProblem(error, 'out_of_stock') || isProblem(error, 'too_many_pieces')) {
    const { productId, available } = error.problem
    const product = products.find(({ id }) => id === productId)
    if (product !== undefined && available !== undefined) {
      const { stockLeft, shopperLeft } = language.texts.phrases
      const phrase = isProblem(error, 'out_of_stock') ? stockLeft : shopperLeft
      return phrase(product.name[language.locale], available)
    }
  }
  return problemText(problemCodeOf(error), language.texts)
}
