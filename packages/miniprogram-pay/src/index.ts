export type { Cashier, CashierCallbacks } from './cashier.ts'
export { createTaelPay } from './create-tael-pay.ts'
export { isExpected, problemCodeOf } from './errors.ts'
export { formatAmount } from './format-amount.ts'
export type { Login } from './login.ts'
export type {
  PayableOrder,
  PaymentHandlers,
  PayResult,
  ResumedAttempt,
  StoredAttempt,
  TaelPay,
  TaelPayOptions,
} from './tael-pay.ts'
