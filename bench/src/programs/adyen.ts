import { listen } from './listen.ts'

/** A stub of Adyen's Checkout API that answers every `POST /payments` at once. Run as a process of its own. */

const APP_ID = process.env['WECHAT_APP_ID'] ?? ''
// As long as WeChat's RSA signature and Adyen's paymentData are in the simulator.
const PAY_SIGN = 'S'.repeat(344)
const PAYMENT_DATA = `Ab02b4c0!${'d'.repeat(160)}`

interface PaymentRequest {
  readonly reference: string
  readonly amount: { readonly currency: string; readonly value: number }
}

listen(({ body }) => {
  const { reference, amount }: PaymentRequest = JSON.parse(body)
  return {
    status: 200,
    body: {
      resultCode: 'Pending',
      merchantReference: reference,
      amount,
      action: {
        type: 'sdk',
        paymentMethodType: 'wechatpayMiniProgram',
        paymentData: PAYMENT_DATA,
        sdkData: {
          appId: APP_ID,
          timeStamp: '1795000000',
          nonceStr: reference.slice(4, 36),
          package: `prepay_id=wx${reference.slice(4, 36)}00`,
          signType: 'RSA',
          paySign: PAY_SIGN,
        },
      },
    },
  }
})
