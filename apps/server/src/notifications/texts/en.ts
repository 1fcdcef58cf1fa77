import type { Texts } from './texts.ts'

export const en: Texts = {
  kinds: {
    refund_failed: {
      name: 'A refund failed',
      action: 'Refund it again, or return the money by hand.',
    },
    payment_reversed: {
      name: 'Money of a payment was taken back',
      action: 'Look up the chargeback or reversal in the Customer Area. Do not ship or refund until then.',
    },
    webhook: {
      name: 'A webhook could not be applied',
      action: 'Read why in the console, and resolve it with Adyen.',
    },
    settlement_difference: {
      name: 'A settlement report and our records differ',
      action: 'Open the report and handle each difference.',
    },
    event_undelivered: {
      name: "The merchant's backend did not accept an event",
      action: 'Repair the backend, then deliver the event again.',
    },
    payment_unknown: {
      name: 'The outcome of a payment is unknown',
      action: 'Look it up in the Customer Area.',
    },
    refund_unsent: {
      name: 'A refund was not accepted by Adyen',
      action: 'Look it up in the Customer Area, and send it again if it was not made.',
    },
    refund_unconfirmed: {
      name: 'The outcome of a refund is overdue',
      action: 'Look it up in the Customer Area.',
    },
    refund_proposed: {
      name: 'A refund waits for a second operator',
      action: 'Confirm or reject it.',
    },
    shipping_failed: {
      name: 'WeChat has no shipping information of an order',
      action: "Read WeChat's answer in the console, and ship the order again.",
    },
    refund_requested: {
      name: 'A shopper requested a refund',
      action: 'Refund the payment, or decline the request with a reason.',
    },
    webhooks_silent: {
      name: 'No webhooks arrive from Adyen',
      action:
        'Payments start, and no AUTHORISATION has come for longer than usual. Check the webhook in the Customer Area and the way from Adyen to the server.',
    },
    jobs_waiting: {
      name: 'Jobs wait for more than five minutes',
      action: 'Check that the servers run and are ready, and start more of them.',
    },
    adyen_failing: {
      name: 'Calls to Adyen fail',
      action: "Check Adyen's status page, the API key and the log. Unanswered calls are retried.",
    },
    wechat_failing: {
      name: 'Calls to WeChat fail',
      action:
        "Check the AppSecret, the app's IP list and the log. While it lasts, shoppers may not be able to log in.",
    },
    refunds_failing: {
      name: 'Many refunds fail',
      action: 'Check the balance of the merchant account in the Customer Area.',
    },
  },
  severity: { critical: 'Critical', warning: 'Warning', info: 'Info' },
  change: { opened: '', still_open: 'Still open: ', resolved: 'Resolved: ' },
  order: (number) => `Order ${number}`,
  payment: (id) => `Payment ${id}`,
  amount: (amount) => `Amount ${amount}`,
  subject: (id) => `Item ${id}`,
  since: (time) => `Since ${time}`,
  items: (count) => `${count} items`,
  digest: (count) => (count === 1 ? '1 item is open' : `${count} items are open`),
  nothingOpen: 'Nothing needs attention.',
  openItems: (name, count, since) => `${count} × ${name}, since ${since}`,
  test: {
    name: 'Test notification',
    action: 'This channel works. Nothing needs to be done.',
  },
}
