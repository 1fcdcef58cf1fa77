import { eventOutcome, type Operation } from './call.ts'
import { readPaymentAnswer } from './payment-answer.ts'

/** Asks Adyen for the result after the cashier closed: `POST /payments/details`. */
export const askForResult: Operation = async (
  { config, checkout },
  { payment, idempotencyKey, paymentStatus },
) => {
  // The money has arrived in the meantime: nothing is left to ask.
  if (payment.status === 'authorised') return { kind: 'obsolete' }
  if (paymentStatus === null) throw new Error(`The details call of ${payment.id} has no paymentStatus.`)
  const paymentData = payment.payment_data === null ? {} : { paymentData: payment.payment_data }
  const body = { ...paymentData, details: { paymentStatus } }
  const result = await checkout.paymentDetails(body, idempotencyKey)
  const answer = readPaymentAnswer(config.adyen, 'payments/details', result, payment)
  return answer.kind === 'event' ? eventOutcome(answer.event) : { kind: 'details', result: answer.result }
}
