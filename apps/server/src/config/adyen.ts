import type { EnvironmentReader } from '@tael/config'

export type AdyenConfig = ReturnType<typeof readAdyen>

/** The API version that was tested. Versions from v66 on answer in the same shapes. */
const CHECKOUT_VERSION = 'v72'

export function readAdyen(read: EnvironmentReader, live: boolean) {
  return {
    live,
    /** Up to and including the API version. */
    checkoutUrl: readCheckoutUrl(read, live),
    apiKey: read.secret('ADYEN_API_KEY', /^\S{8,}$/, 'the API key of your web service user'),
    merchantAccount: readMerchantAccount(read),
    returnUrl: read.url(
      'RETURN_URL',
      'the https address that Adyen requires; a Mini Program never opens it',
      'https://example.com/return',
    ),
    /** Hex. One key, or two during a rotation. */
    hmacKeys: read
      .secret(
        'ADYEN_HMAC_KEYS',
        /^[0-9a-fA-F]{64}(,[0-9a-fA-F]{64})?$/,
        'the HMAC key of the webhook, 64 hex digits; two, separated by a comma, during a rotation',
      )
      .split(','),
    webhookUsername: read.text(
      'ADYEN_WEBHOOK_USERNAME',
      /^[^:]+$/,
      'the user name of the webhook, without a colon',
    ),
    webhookPassword: read.secret(
      'ADYEN_WEBHOOK_PASSWORD',
      /^.{12,}$/,
      'the password of the webhook, 12 characters or more',
    ),
    transactionIdField: readTransactionIdField(read),
    /** How announced reports are downloaded. Undefined: an operator downloads them. */
    reports: readReports(read, live),
  } as const
}

/** The key of a report user, and the origin of the addresses at which Adyen serves reports. */
export function readReports(
  read: EnvironmentReader,
  live: boolean,
): { readonly apiKey: string; readonly origin: string } | undefined {
  const apiKey = read.optionalSecret(
    'ADYEN_REPORT_API_KEY',
    /^\S{8,}$/,
    'the API key of a report user with the role Merchant Report Download',
  )
  const byMode = live ? 'https://ca-live.adyen.com' : 'https://ca-test.adyen.com'
  const url = read.url('ADYEN_REPORT_URL', 'the address of the host that serves reports', byMode)
  const origin = URL.parse(url)?.origin
  return apiKey === undefined || origin === undefined ? undefined : { apiKey, origin }
}

function readCheckoutUrl(read: EnvironmentReader, live: boolean): string {
  const version = read.text(
    'ADYEN_API_VERSION',
    /^v(6[6-9]|7[0-9])$/,
    'v66 or later, such as v72',
    CHECKOUT_VERSION,
  )
  const prefix = live
    ? read.text(
        'ADYEN_LIVE_URL_PREFIX',
        /^[0-9a-zA-Z]+-[0-9a-zA-Z-]+$/,
        'live mode requires it: Customer Area, Developers, API URLs',
      )
    : ''
  const byMode = live
    ? `https://${prefix}-checkout-live.adyenpayments.com/checkout/${version}`
    : `https://checkout-test.adyen.com/${version}`
  return read.url('ADYEN_CHECKOUT_URL', 'a URL up to and including the API version', byMode)
}

export function readMerchantAccount(read: EnvironmentReader): string {
  return read.text('ADYEN_MERCHANT_ACCOUNT', /^\S+$/, 'the name of your merchant account')
}

/** The field of `additionalData` that holds WeChat's transaction id of a payment. */
export function readTransactionIdField(read: EnvironmentReader): string | undefined {
  return read.optionalText(
    'WECHAT_TRANSACTION_ID_FIELD',
    /^[\w.-]+$/,
    'the name of a field of additionalData',
  )
}
