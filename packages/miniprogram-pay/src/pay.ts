import type { StartedPayment } from '@tael/contracts'
import { type Attempt, paymentStatusOf } from './attempt.ts'
import type { AttemptStore } from './attempt-store.ts'
import { type Cashier, openCashier } from './cashier.ts'
import type { AtConfirmedAmount, Declined } from './confirmed-amount.ts'
import { newIdempotencyKey } from './idempotency-key.ts'
import type { PaymentLock } from './lock.ts'
import { isRefusal } from './problems.ts'
import { nullIfServerError, type PaymentRequests } from './requests.ts'
import { notifyIfSlow } from './slow.ts'
import type { PayableOrder, PayResult, TaelPay } from './tael-pay.ts'

export interface PayParts {
  readonly lock: PaymentLock
  readonly attempts: AttemptStore
  readonly requests: PaymentRequests
  readonly atConfirmedAmount: AtConfirmedAmount
  readonly cashier: Cashier
  readonly onSlow: () => void
}

export function createPay(parts: PayParts): TaelPay['pay'] {
  const { lock, requests, onSlow } = parts
  return async (given, show) => {
    const result = await lock.hold(async (): Promise<PayResult> => {
      const order = typeof given === 'function' ? await given() : given
      if (order === null) return 'declined'
      // The request of an earlier attempt goes first; where it fails, no second attempt starts.
      await notifyIfSlow(requests.sendPending(), onSlow).catch(nullIfServerError)

      const started = await startAttempt(parts, order)
      if (started === 'declined') return started
      await passCashier(parts, started)
      // Reading the payment there sends the errMsg, and nothing waits for the network before.
      await show(started.payment.id)
      return 'shown'
    })
    return result ?? 'busy'
  }
}

/** Stores an attempt and starts it; at a changed amount only once the shopper confirms it. */
function startAttempt(
  { attempts, requests, atConfirmedAmount }: PayParts,
  { orderId, amount: shown, payToken }: PayableOrder,
): Promise<StartedPayment | Declined> {
  return atConfirmedAmount(shown, async (amount) => {
    const attempt: Attempt = {
      orderId,
      amount,
      ...(payToken ? { payToken } : {}),
      key: await newIdempotencyKey(),
    }
    attempts.begin(attempt)
    try {
      return await requests.start(attempt)
    } catch (error) {
      if (isRefusal(error)) attempts.drop(attempt)
      throw error
    }
  })
}

/** Opens the cashier and stores its errMsg, which decides nothing here. */
async function passCashier(
  { attempts, cashier }: PayParts,
  { payment, requestPayment }: StartedPayment,
): Promise<void> {
  // No parameters, no cashier: this attempt or an earlier one of the order may already be paid.
  if (requestPayment === null) return
  await openCashier(cashier, requestPayment, (errMsg) => {
    const attempt = attempts.read()
    if (attempt?.paymentId === payment.id) attempts.update({ ...attempt, errMsg: paymentStatusOf(errMsg) })
  })
}
