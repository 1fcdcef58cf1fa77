import { ContractError, NoAnswerError, ProblemError, type ProblemCode, type Product } from '@tael/contracts'
import { StorageError } from '../services/storage-error.ts'
import type { Locale, Messages } from '../texts/messages.ts'

/** Problems of Adyen's webhooks and of operators; no shopper ever meets one. */
type ProblemOfOthers =
  | 'webhook_unauthenticated'
  | 'webhook_environment_mismatch'
  | 'operator_unauthenticated'
  | 'scope_missing'
  | 'payment_not_refundable'
  | 'refund_exceeds_payment'
  | 'attention_changed'
  | 'attention_not_found'
  | 'order_not_shippable'

/** What can go wrong before a shopper's eyes: the contract's codes, no answer at all, an unreadable one, a full phone. */
export type ShopperProblem = Exclude<ProblemCode, ProblemOfOthers> | 'offline' | 'unreadable' | 'storage_full'

/** The code to look words up by. Any other error is a bug, and is thrown on. */
export function problemCodeOf(error: unknown): string {
  if (error instanceof NoAnswerError) return 'offline'
  if (error instanceof ContractError) return 'unreadable'
  if (error instanceof StorageError) return 'storage_full'
  if (error instanceof ProblemError) return error.problem.code
  throw error
}

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
  const code = problemCodeOf(error)
  if (error instanceof ProblemError && code === 'out_of_stock') {
    const { productId, available } = error.problem
    const product = products.find(({ id }) => id === productId)
    if (product !== undefined && available !== undefined) {
      return messages.phrases.stockLeft(product.name[locale], available)
    }
  }
  return problemText(code, messages)
}
