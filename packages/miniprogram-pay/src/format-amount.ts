import { type Amount, formatAmount as format } from '@tael/contracts'

/**
 * An amount for shoppers, with the decimals of its currency: `¥1,280.05`, `JP¥1,280`. It does without
 * `Intl`, which phones lack.
 */
export function formatAmount(amount: Amount): string {
  return format(amount)
}
