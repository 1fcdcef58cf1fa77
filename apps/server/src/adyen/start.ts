import { eventOutcome, type Operation } from './call.ts'
import { readPaymentAnswer } from './payment-answer.ts'
import { readCashier, toPaymentMethod } from './wechat-pay.ts'

/** Starts the payment at Adyen: `POST /payments`. */
export const startAtAdyen: Operation = async ({ config, checkout }, { payment, openid, idempotencyKey }) => {
  const { adyen, shop, wechat } = config
  const result = await checkout.payments(
    {
      merchantAccount: adyen.merchantAccount,
      reference: payment.id,
      merchantOrderReference: payment.order_id,
      shopperReference: payment.shopper_id,
      shopperInteraction: 'Ecommerce',
      amount: { currency: payment.currency, value: payment.value },
      countryCode: shop.countryCode,
      returnUrl: adyen.returnUrl,
      paymentMethod: toPaymentMethod(wechat.appId, openid),
    },
    idempotencyKey,
  )
  const answer = readPaymentAnswer(adyen, 'payments', result, payment)
  if (answer.kind === 'event') return eventOutcome(answer.event)
  return eventOutcome(readCashier(answer.body, answer.result, wechat.appId))
}
