import type { Texts } from './texts.ts'

/** The server does not accept the request: the phone and the server are of different versions. */
const outdated = 'This version cannot do that. Please update the Mini Program.'

export const en: Texts = {
  tabs: { home: 'Shop', cart: 'Cart', orders: 'Orders' },
  titles: { cart: 'Cart', orders: 'My orders', order: 'Order', result: 'Payment' },
  home: {
    soldOut: 'Sold out',
    inStock: 'In stock',
    cartFull: 'Your cart is full',
    empty: 'Nothing on sale right now',
    viewPayment: 'View payment',
  },
  stepper: { more: 'Add one', less: 'Remove one', remove: 'Remove' },
  cart: {
    empty: 'Your cart is empty',
    browse: 'Browse the shop',
    total: 'Total',
    pay: 'WeChat Pay',
    paying: 'Paying…',
    removed: 'Some items are no longer on sale and were removed from your cart.',
    soldOut: 'Sold out, please remove',
  },
  address: {
    label: 'Deliver to',
    choose: 'Choose an address',
    refused: 'We need your address to deliver. Please tap again and allow it.',
    failed: 'Your address is not available right now. Please try again later.',
  },
  payment: {
    amountChanged: 'The price has changed',
    confirm: 'Pay',
    decline: 'No',
    slow: 'This is taking a while. Please wait.',
  },
  result: {
    backToShop: 'Back to shop',
    stillConfirming:
      'Still confirming. You can leave this page: your order will show the result. Please do not pay again.',
    refresh: 'Refresh',
    viewOrder: 'View order',
    number: 'Order number',
    notify: 'Notify me',
    notified: 'You will be notified',
  },
  orders: { empty: 'No orders yet', loadMore: 'Load more', end: 'No more orders' },
  order: {
    total: 'Total',
    number: 'Order number',
    progress: 'Progress',
    paying: 'Paying…',
    cancel: 'Cancel order',
    requestRefund: 'Request a refund',
    reorder: 'Buy again',
    backToShop: 'Back to shop',
  },
  contact: 'Contact us',
  reload: 'Reload',
  orderStates: {
    open: { title: 'Awaiting payment', text: 'Your items are reserved for you.' },
    confirming: {
      title: 'Confirming payment',
      text: 'This page updates automatically. Please do not pay again.',
    },
    paid: { title: 'Paid', text: 'Thank you! We have received your payment.' },
    shipped: { title: 'Shipped', text: 'Your items are on their way.' },
    expired: { title: 'Closed', text: 'The order was not paid in time.' },
    cancelled: { title: 'Cancelled', text: 'You cancelled this order.' },
    refund_requested: { title: 'Refund requested', text: 'The shop will decide on your request.' },
    refund_declined: { title: 'Refund declined', text: 'The shop declined your refund request.' },
    refunding: {
      title: 'Refund in progress',
      text: 'Your money is being returned to your payment method.',
    },
    partly_refunded: {
      title: 'Partly refunded',
      text: 'Part of your money was returned to your payment method.',
    },
    refunded: { title: 'Refunded', text: 'Your money was returned to your payment method.' },
    refund_failed: {
      title: 'Refund failed',
      text: 'Your money has not been returned yet. The shop has been notified and will sort it out. There is nothing for you to do.',
    },
  },
  timeline: {
    ordered: 'Ordered',
    paid: 'Paid',
    shipped: 'Shipped',
    refundRequested: 'You requested a refund',
    refundDeclined: 'The shop declined the refund',
    expired: 'Closed, not paid in time',
    cancelled: 'Cancelled by you',
  },
  refundStatuses: {
    requested: { title: 'started', text: 'It is being sent to WeChat Pay.' },
    received: {
      title: 'in progress',
      text: 'WeChat Pay is processing it. It can take a few days to arrive.',
    },
    refunded: { title: 'completed', text: 'The money was returned to your payment method.' },
    failed: {
      title: 'failed',
      text: 'The money has not been returned yet. The shop has been notified and will sort it out.',
    },
  },
  outcomes: {
    confirming: {
      title: 'Confirming your payment',
      text: 'One moment. This page updates automatically. Please do not pay again.',
    },
    awaiting_shopper: {
      title: 'Not paid yet',
      text: 'If you have paid, please wait: this page updates automatically. If not, you can continue.',
    },
    processing: {
      title: 'Payment processing',
      text: 'WeChat Pay is processing it. This page updates automatically, and you can leave it.',
    },
    expired: {
      title: 'Payment timed out',
      text: 'We have not received this payment. If you did pay, your order will show it.',
    },
    error: {
      title: 'Payment failed',
      text: 'Something went wrong, and we have not received this payment. You can pay again.',
    },
    cancelled: {
      title: 'Payment cancelled',
      text: 'We have not received this payment. Your order is still reserved, and you can pay again.',
    },
    refused: {
      title: 'Payment declined',
      text: 'WeChat Pay declined this payment. You can pay again with another payment method.',
    },
    paid: { title: 'Payment received', text: 'Thank you! We have received your payment.' },
    order_cancelled: {
      title: 'Order cancelled',
      text: 'We have not received a payment. Any payment that still arrives will be refunded.',
    },
    surplus: {
      title: 'Refund on its way',
      text: 'The order was already paid or closed, so this payment will be refunded in full.',
    },
  },
  resultActions: { continue: 'Continue payment', pay_again: 'Pay again', view_order: 'View order' },
  orderActions: {
    pay: 'Pay now',
    continue: 'Continue payment',
    pay_again: 'Pay again',
    view_payment: 'View payment',
  },
  questions: {
    cancelOrder: {
      title: 'Cancel this order?',
      text: 'Your items will no longer be held. Any payment that still arrives will be refunded.',
      yes: 'Yes',
      no: 'No',
    },
    requestRefund: {
      title: 'Request a refund?',
      text: 'The shop will decide on your request.',
      yes: 'Yes',
      no: 'No',
    },
    update: { title: 'Update', text: 'A new version is ready. Restart now?', yes: 'Yes', no: 'No' },
  },
  problems: {
    offline: 'No connection. You can go on once you are online.',
    unreadable: 'The data could not be loaded. Please try again later.',
    validation_failed: outdated,
    address_required: 'Please choose an address first.',
    session_required: 'You were logged out. Please reopen the Mini Program.',
    login_code_invalid: 'WeChat could not log you in. Please reopen the Mini Program.',
    login_blocked: 'You cannot log in right now.',
    login_rate_limited: 'Too many logins. Please try again in a minute.',
    login_misconfigured: 'You cannot log in right now. We are working on it.',
    login_unavailable: 'WeChat login is not responding. Please try again later.',
    route_not_found: outdated,
    order_not_found: 'This order was not found.',
    payment_not_found: 'This payment was not found.',
    product_not_found: 'An item is no longer on sale. Please check your cart.',
    out_of_stock: 'There is not enough in stock. Please change the quantity.',
    too_many_open_orders: 'You have too many unpaid orders. Please pay or cancel one first.',
    too_many_pieces: 'This is more than you can order now. Please order fewer, or pay an unpaid order first.',
    amount_changed: 'The total has changed. Please confirm it before you pay.',
    order_not_payable: 'This order can no longer be paid.',
    order_not_cancellable: 'This order cannot be cancelled now.',
    order_not_refundable: 'There is nothing to refund for this order.',
    idempotency_key_reused: 'Something changed in the meantime. Please go back and reopen this page.',
    payload_too_large: outdated,
    unsupported_media_type: outdated,
    rate_limited: 'Too many requests. Please wait a moment.',
    internal_error: 'Something went wrong. If you have paid, your order will show it.',
    storage_full: 'Your phone is out of storage. Please free some space and try again.',
    not_ready: 'The shop is busy. Please try again later.',
  },
  phrases: {
    stockLeft: (name, available) =>
      available === 0 ? `“${name}” is sold out.` : `Only ${available} of “${name}” left.`,
    shopperLeft: (name, available) =>
      available === 0
        ? `You cannot order more of “${name}” now. Please pay or cancel an unpaid order first.`
        : `You can order ${available} of “${name}” for now.`,
    onlyLeft: (available) => `Only ${available} left`,
    limit: (quantityMax) => `No more than ${quantityMax} available`,
    pieces: (quantity) => (quantity === 1 ? '1 item' : `${quantity} items`),
    labelled: (label, value) => `${label}: ${value}`,
    amountChanged: (shown, changed) => `It was ${shown} and is now ${changed}. Pay the new amount?`,
    payBefore: (time, minutes) => `Please pay before ${time}, ${minutes} min left`,
    changeTo: (quantity) => `Change to ${quantity}`,
    refund: (amount) => `Refund of ${amount}`,
    surplusRefund: (status) => `The order was already paid or closed. ${status}`,
  },
}
