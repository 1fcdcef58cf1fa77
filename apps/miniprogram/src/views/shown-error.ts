import type { Product } from '@tael/contracts'
import { locale, texts } from '../services/language.ts'
import { errorText } from './problem.ts'

/** The text for an error, in the shopper's language. Throws on an error that is a bug. */
export function shownError(error: unknown, products?: readonly Product[]): string {
  return errorText(error, { texts: texts(), locale: locale() }, products)
}
