/** What the shop of this repository uses: the payment, and what its own calls share with it. */
export { createTaelShop } from './create-tael-shop.ts'
export { nullIfExpected, problemCodeOf, StorageError } from './errors.ts'
export { newIdempotencyKey } from './idempotency-key.ts'
export { isProblem, isRefusal } from './problems.ts'
export type { StoredAttempt } from './tael-pay.ts'
export { pause } from './timers.ts'
