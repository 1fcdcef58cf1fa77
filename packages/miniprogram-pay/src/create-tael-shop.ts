import { createCall } from '@tael/contracts'
import { createAttemptStore } from './attempt-store.ts'
import { weChatCashier } from './cashier.ts'
import { type AtConfirmedAmount, createAtConfirmedAmount } from './confirmed-amount.ts'
import { createTransport } from './http.ts'
import { createLock } from './lock.ts'
import { weChatLogin } from './login.ts'
import { createPay } from './pay.ts'
import { createPaymentRequests } from './requests.ts'
import { createResume } from './resume.ts'
import { type CallAsShopper, type CallPublic, createCallAsShopper, createCallPublic } from './session.ts'
import { createStorage, type Storage } from './storage.ts'
import { toStoredAttempt } from './stored-attempt.ts'
import type { TaelPay, TaelPayOptions } from './tael-pay.ts'
import { createWatchPayment } from './watch-payment.ts'

/** The payment, and the calls, storage and question about the amount that it is made of. */
export interface TaelShop extends TaelPay {
  readonly atConfirmedAmount: AtConfirmedAmount
  readonly callPublic: CallPublic
  readonly callAsShopper: CallAsShopper
  readonly storage: Storage
}

/** For a shop whose orders and goods come from the Tael server too. */
export function createTaelShop(options: TaelPayOptions): TaelShop {
  const { server, confirmAmount, onSlow = () => {}, storagePrefix = 'tael.' } = options
  const { cashier = weChatCashier, login = weChatLogin } = options
  const storage = createStorage(storagePrefix)
  const call = createCall(createTransport(server))
  const callAsShopper = createCallAsShopper(call, storage, login)
  const attempts = createAttemptStore(storage)
  const requests = createPaymentRequests(callAsShopper, attempts)
  const lock = createLock()
  const atConfirmedAmount = createAtConfirmedAmount(confirmAmount, onSlow)
  const resume = createResume(attempts, requests)
  return {
    pay: createPay({ lock, attempts, requests, atConfirmedAmount, cashier, onSlow }),
    isPaying: lock.isHeld,
    storedAttempt: () => {
      const attempt = attempts.read()
      return attempt && toStoredAttempt(attempt)
    },
    resume: async () => (lock.isHeld() ? null : resume()),
    watchPayment: createWatchPayment(requests.read),
    dropFinalAttempt: attempts.dropFinal,
    atConfirmedAmount,
    callPublic: createCallPublic(call),
    callAsShopper,
    storage,
  }
}
