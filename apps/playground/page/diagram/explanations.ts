import { shopperRoutes } from '@tael/contracts'
import type { DiagramRow } from './rows.ts'

/** What a row is, in a sentence, and where its documentation is. */
export interface Explanation {
  readonly sentence: string
  readonly link?: { readonly text: string; readonly href: string }
}

const WECHAT_DOCS = 'https://developers.weixin.qq.com/miniprogram/dev'
const ADYEN_DOCS = 'https://docs.adyen.com'

const guide = {
  text: "Adyen's guide",
  href: `${ADYEN_DOCS}/payment-methods/wechat-pay/wechat-pay-mini-program/api-only`,
}
const webhooks = { text: "Adyen's webhooks", href: `${ADYEN_DOCS}/development-resources/webhooks` }
const refunds = { text: "Adyen's refunds", href: `${ADYEN_DOCS}/online-payments/refund` }
const cancels = { text: "Adyen's cancels", href: `${ADYEN_DOCS}/online-payments/cancel` }
const openApi = { text: "The server's API", href: 'api/openapi.json' }
const wechat = (text: string, page: string) => ({ text, href: `${WECHAT_DOCS}/${page}` })

type Rule = readonly [
  from: DiagramRow['from'],
  to: DiagramRow['to'],
  label: RegExp,
  request: string,
  answer: string,
  link: Explanation['link'],
]

/** The calls between the four, by the label of the request; the first that matches counts. */
const rules: readonly Rule[] = [
  [
    'miniprogram',
    'wechat',
    /^wx\.login/,
    'The Mini Program asks WeChat for a code that proves who its shopper is, once and for five minutes.',
    'The code: the server, not the phone, exchanges it for the openid.',
    wechat('wx.login', 'api/open-api/login/wx.login.html'),
  ],
  [
    'miniprogram',
    'wechat',
    /^wx\.requestPayment/,
    "The Mini Program opens WeChat's cashier with the five parameters that Adyen returned.",
    'What the cashier tells the phone. It proves nothing: the server asks Adyen.',
    wechat('wx.requestPayment', 'api/payment/wx.requestPayment.html'),
  ],
  [
    'miniprogram',
    'wechat',
    /^the shopper/,
    "A tap in WeChat's cashier. With the sixth digit the money moves, whatever the phone learns of it.",
    '',
    wechat('wx.requestPayment', 'api/payment/wx.requestPayment.html'),
  ],
  [
    'miniprogram',
    'server',
    /^[A-Z]+ https?:/,
    "The Mini Program calls the shop's own server, which is not Tael's.",
    "The answer of the shop's own server.",
    undefined,
  ],
  [
    'server',
    'wechat',
    /jscode2session/,
    'The server exchanges the login code for the openid and the session key. Neither leaves the server.',
    "The shopper's openid, which Adyen needs for the payment.",
    wechat('code2Session', 'OpenApiDoc/user-login/code2Session.html'),
  ],
  [
    'server',
    'wechat',
    /stable_token/,
    "The server asks for the token of WeChat's API for servers.",
    'The token, which the server keeps.',
    wechat('getStableAccessToken', 'OpenApiDoc/mp-access-token/getStableAccessToken.html'),
  ],
  [
    'server',
    'wechat',
    /subscribe\/send/,
    'The server notifies a shopper who subscribed to a message.',
    "WeChat's errcode; 0 is success.",
    wechat('sendMessage', 'OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html'),
  ],
  [
    'server',
    'wechat',
    /upload_shipping_info/,
    'The server notifies WeChat that the order was shipped, so that WeChat settles its money.',
    "WeChat's errcode; 0 is success.",
    wechat(
      'uploadShippingInfo',
      'platform-capabilities/business-capabilities/order-shipping/order-shipping.html',
    ),
  ],
  [
    'server',
    'adyen',
    /^POST \/payments$/,
    'The server starts the payment at Adyen, under an idempotency key that it stored before: a retry starts no second one.',
    'What opens the cashier, or the end of the attempt. Adyen’s paymentData stays on the server.',
    guide,
  ],
  [
    'server',
    'adyen',
    /^POST \/payments\/details/,
    'The server passes on what the cashier told the phone, and asks Adyen for the result.',
    "Adyen's resultCode. Only this or a signed webhook makes a payment paid.",
    guide,
  ],
  [
    'server',
    'adyen',
    /\/refunds$/,
    'The server asks Adyen to return money to the shopper.',
    'Adyen received the request; the REFUND webhook reports the outcome.',
    refunds,
  ],
  [
    'server',
    'adyen',
    /\/(cancels|reversals)$/,
    'The server asks Adyen to close a payment that must not take money any more.',
    'Adyen received the request; a webhook reports the outcome.',
    cancels,
  ],
  [
    'server',
    'adyen',
    /paymentMethods/,
    'The server asks whether WeChat Pay is set up for the merchant account.',
    'The payment methods of the merchant account.',
    guide,
  ],
  [
    'adyen',
    'wechat',
    /^prepay order/,
    'Adyen registers the payment with WeChat, simulated here.',
    'The prepay_id, with which the cashier opens.',
    guide,
  ],
  [
    'wechat',
    'adyen',
    /^payment notification/,
    'WeChat notifies Adyen of what happened in the cashier, simulated here.',
    'Adyen accepted the notification.',
    guide,
  ],
  [
    'adyen',
    'server',
    /^webhook REFUND/,
    'Adyen reports the outcome of a refund, signed.',
    'The server stored the webhook before it answered; Adyen repeats one that is not accepted.',
    refunds,
  ],
  [
    'adyen',
    'server',
    /^webhook/,
    'Adyen reports what happened to a payment, signed. Webhooks may come late, twice, or in any order.',
    'The server stored the webhook before it answered; Adyen repeats one that is not accepted.',
    webhooks,
  ],
]

/** The explanation of a row; of an answer, `request` is its request. */
export function explain(row: DiagramRow, request = row): Explanation | undefined {
  if (row.kind === 'decision')
    return {
      sentence:
        'The server changed a payment or its stock: in one transaction with the event that is its reason.',
    }
  if (row.kind === 'event')
    return { sentence: 'Something that was done here, on the page: to the phone or by the merchant.' }
  if (row.kind === 'error')
    return { sentence: 'The Mini Program threw an error, or used what a phone or this host lacks.' }
  const isAnswer = row.kind === 'answer'
  const rule = rules.find(
    ([from, to, label]) => from === request.from && to === request.to && label.test(request.label),
  )
  if (rule !== undefined) {
    const [, , , sentence, answer, link] = rule
    return { sentence: isAnswer ? answer : sentence, ...(link === undefined ? {} : { link }) }
  }
  const summary = summaryOf(request.label)
  if (summary === undefined) return undefined
  return { sentence: isAnswer ? `The answer to: ${summary}.` : `${summary}.`, link: openApi }
}

/** The summary of the server's route with this method and path. */
function summaryOf(label: string): string | undefined {
  const [method, path = ''] = (label.split('?')[0] ?? '').split(' ')
  return Object.values(shopperRoutes).find(
    (route) =>
      route.method === method && new RegExp(`^${route.path.replace(/:[A-Za-z]+/g, '[^/]+')}$`).test(path),
  )?.summary
}
