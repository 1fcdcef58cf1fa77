import type { TLiteral } from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { Currency } from '@tael/contracts'
import { currency as merchantCurrency } from '@tael/miniprogram/goods'
import { type MessageField, readFields } from './messages/fields.ts'

/** Everything the server is told from outside, checked. Built once, by `readConfig`. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** How many proxies of ours stand in front and add to X-Forwarded-For. */
  readonly proxyHops: number
  readonly database:
    | { readonly kind: 'url'; readonly url: string }
    | { readonly kind: 'embedded'; readonly dataDir: string }
  readonly adyen: AdyenConfig
  readonly wechat: { readonly apiUrl: string; readonly appId: string; readonly appSecret: string }
  /** The message that tells a shopper of a payment. Undefined: none is sent. */
  readonly paidMessage: PaidMessageConfig | undefined
  /** How WeChat is told of shipments. Undefined: it is not. */
  readonly shippingUpload: ShippingUploadConfig | undefined
  readonly shop: {
    readonly currency: Currency
    readonly countryCode: string
    readonly orderLifetimeMs: number
    readonly sessionLifetimeMs: number
  }
}

export interface AdyenConfig {
  readonly live: boolean
  /** Up to and with the API version. */
  readonly checkoutUrl: string
  readonly apiKey: string
  readonly merchantAccount: string
  readonly returnUrl: string
  /** One key, or two while one is rotated. Hex. */
  readonly hmacKeys: readonly string[]
  readonly webhookUsername: string
  readonly webhookPassword: string
  /** The field of additionalData in which Adyen tells WeChat's number of a payment. */
  readonly transactionIdField: string | undefined
}

export interface PaidMessageConfig {
  readonly templateId: string
  readonly fields: readonly MessageField[]
  /** Which version of the Mini Program the message opens. */
  readonly programState: 'developer' | 'formal'
}

/** What tells WeChat which payment was shipped: its own number, or its merchant's id with one of our references. */
export type ShippingUploadConfig =
  | { readonly by: 'transaction_id' }
  | { readonly by: 'psp_reference' | 'merchant_reference'; readonly merchantId: string }

/** The environment is not a configuration. `problems` names every variable that is wrong, and why. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(['The configuration cannot be used:', ...problems.map((problem) => `- ${problem}`)].join('\n'))
    this.problems = problems
  }
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Reads variables and collects what is wrong with them, so that all of it can be said at once. */
class Reader {
  readonly problems: string[] = []
  readonly #environment: Environment
  constructor(environment: Environment) {
    this.#environment = environment
  }

  has(name: string): boolean {
    return (this.#environment[name] ?? '') !== ''
  }

  text(name: string, rule: RegExp, says: string, fallback?: string): string {
    const value = this.has(name) ? this.#environment[name] : fallback
    if (value === undefined) this.problems.push(`${name} is missing: ${says}`)
    else if (rule.test(value)) return value
    else this.problems.push(`${name} is wrong: ${says}`)
    return ''
  }

  integer(name: string, minimum: number, maximum: number, fallback: number): number {
    const says = `a whole number from ${minimum} to ${maximum}`
    const value = Number(this.text(name, /^\d{1,9}$/, says, String(fallback)))
    if (value < minimum || value > maximum) this.problems.push(`${name} is wrong: ${says}`)
    return value
  }

  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T {
    const given = this.has(name) ? this.#environment[name] : fallback
    const found = values.find((value) => value === given)
    if (found === undefined) this.problems.push(`${name} is wrong: one of ${values.join(', ')}`)
    return found ?? fallback
  }

  url(name: string, says: string, fallback?: string): string {
    return this.text(name, /^https?:\/\/[^\s/]+[^\s]*$/, says, fallback).replace(/\/+$/, '')
  }
}

/** The API version this was built and checked against; older ones down to v66 answer in the classic shape. */
const CHECKOUT_VERSION = 'v72'
/** A prepay_id lives 2 hours (pay.weixin.qq.com, JSAPI order): an order that outlived it could not be paid. */
const PREPAY_SECONDS = 7200
const HOUR_MS = 3_600_000

/**
 * The configuration from the environment; `.env.example` explains each variable.
 * Throws a ConfigError that names every problem at once.
 */
export function readConfig(environment: Environment): Config {
  return readParts(environment, readAll)
}

/** What `parts` reads of the configuration and no more: a command asks for what it uses. Throws as `readConfig` does. */
export function readParts<T>(environment: Environment, parts: (read: Reader) => T): T {
  const read = new Reader(environment)
  const config = parts(read)
  if (read.problems.length > 0) throw new ConfigError(read.problems)
  return config
}

function readAll(read: Reader): Config {
  const live = read.oneOf('ADYEN_ENVIRONMENT', ['test', 'live'], 'test') === 'live'
  const config: Config = {
    host: read.text('HOST', /^\S+$/, 'the address to listen on', '127.0.0.1'),
    port: read.integer('PORT', 0, 65_535, 8600),
    logLevel: read.oneOf('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'info'),
    proxyHops: read.integer('TRUSTED_PROXIES', 0, 10, 0),
    database: readDatabase(read),
    adyen: readAdyen(read, live),
    wechat: {
      apiUrl: read.url('WECHAT_API_URL', 'a URL', 'https://api.weixin.qq.com'),
      appId: read.text(
        'WECHAT_APP_ID',
        /^wx[0-9a-f]{16}$/,
        'the AppID of the Mini Program: wx and 16 hex digits',
      ),
      appSecret: read.text(
        'WECHAT_APP_SECRET',
        /^[0-9a-f]{32}$/,
        'the AppSecret of the Mini Program: 32 hex digits',
      ),
    },
    paidMessage: readPaidMessage(read, live),
    shippingUpload: readShippingUpload(read),
    shop: {
      currency: readCurrency(read),
      countryCode: read.text('SHOP_COUNTRY', /^[A-Z]{2}$/, 'a country code like CN', 'CN'),
      orderLifetimeMs: read.integer('ORDER_LIFETIME_SECONDS', 1, PREPAY_SECONDS, 1800) * 1000,
      sessionLifetimeMs: read.integer('SESSION_LIFETIME_HOURS', 1, 720, 72) * HOUR_MS,
    },
  }
  if (live) checkLive(read, config)
  return config
}

export function readDatabase(read: Reader): Config['database'] {
  if (read.has('DATABASE_URL')) {
    const url = read.text(
      'DATABASE_URL',
      /^postgres(ql)?:\/\/\S+$/,
      'postgresql://user:password@host:port/database',
    )
    return { kind: 'url', url }
  }
  return { kind: 'embedded', dataDir: read.text('DATA_DIR', /^.+$/, 'a folder', '.data') }
}

function readAdyen(read: Reader, live: boolean): AdyenConfig {
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
        'live mode needs it: Customer Area, Developers, API URLs',
      )
    : ''
  const adyens = live
    ? `https://${prefix}-checkout-live.adyenpayments.com/checkout/${version}`
    : `https://checkout-test.adyen.com/${version}`
  return {
    live,
    checkoutUrl: read.url('ADYEN_CHECKOUT_URL', 'a URL up to and with the API version', adyens),
    apiKey: read.text('ADYEN_API_KEY', /^\S{8,}$/, 'the API key of your web service user'),
    merchantAccount: readMerchantAccount(read),
    returnUrl: read.url(
      'RETURN_URL',
      'the https address Adyen demands; a Mini Program never opens it',
      'https://example.com/return',
    ),
    hmacKeys: read
      .text(
        'ADYEN_HMAC_KEYS',
        /^[0-9a-fA-F]{64}(,[0-9a-fA-F]{64})?$/,
        'the HMAC key of the webhook, 64 hex digits; two with a comma between them while you rotate it',
      )
      .split(','),
    webhookUsername: read.text(
      'ADYEN_WEBHOOK_USERNAME',
      /^[^:]+$/,
      'the user name of the webhook, without a colon',
    ),
    webhookPassword: read.text(
      'ADYEN_WEBHOOK_PASSWORD',
      /^.{12,}$/,
      'the password of the webhook, 12 characters or more',
    ),
    transactionIdField: readTransactionIdField(read),
  }
}

export function readTransactionIdField(read: Reader): string | undefined {
  if (!read.has('WECHAT_TRANSACTION_ID_FIELD')) return undefined
  return read.text('WECHAT_TRANSACTION_ID_FIELD', /^[\w.-]+$/, 'the name of a field of additionalData')
}

/** On where one of its variables is there; then both must be. */
function readPaidMessage(read: Reader, live: boolean): PaidMessageConfig | undefined {
  if (!read.has('PAID_MESSAGE_TEMPLATE_ID') && !read.has('PAID_MESSAGE_FIELDS')) return undefined
  const templateId = read.text('PAID_MESSAGE_TEMPLATE_ID', /^\S+$/, 'the id of your template at WeChat')
  const fields = read.text('PAID_MESSAGE_FIELDS', /\S/, 'what stands in each field of the template')
  const problem = (words: string): void => void read.problems.push(`PAID_MESSAGE_FIELDS is wrong: ${words}`)
  return {
    templateId,
    fields: fields === '' ? [] : readFields(fields, problem),
    programState: live ? 'formal' : 'developer',
  }
}

function readShippingUpload(read: Reader): ShippingUploadConfig | undefined {
  const ways = ['off', 'transaction_id', 'psp_reference', 'merchant_reference'] as const
  const by = read.oneOf('SHIPPING_UPLOAD', ways, 'off')
  if (by === 'off') return undefined
  if (by === 'transaction_id') {
    if (!read.has('WECHAT_TRANSACTION_ID_FIELD'))
      read.problems.push('WECHAT_TRANSACTION_ID_FIELD is missing: SHIPPING_UPLOAD=transaction_id needs it')
    return { by }
  }
  const says = `the number of the merchant at WeChat Pay, which SHIPPING_UPLOAD=${by} needs`
  return { by, merchantId: read.text('WECHAT_MERCHANT_ID', /^\d{1,32}$/, says) }
}

export function readMerchantAccount(read: Reader): string {
  return read.text('ADYEN_MERCHANT_ACCOUNT', /^\S+$/, 'the name of your merchant account')
}

export function readCurrency(read: Reader): Currency {
  const says = 'a currency in which Adyen offers WeChat Pay'
  const value = read.text('SHOP_CURRENCY', /^[A-Z]{3}$/, says, merchantCurrency)
  if (Check(Currency, value)) return value
  read.problems.push(
    `SHOP_CURRENCY is wrong: one of ${Currency.anyOf.map((one: TLiteral) => one.const).join(', ')}`,
  )
  return merchantCurrency
}

/** Live mode moves money: nothing that plays a part of Adyen or WeChat may stand in for them. */
function checkLive(read: Reader, config: Config): void {
  if (read.has('ADYEN_CHECKOUT_URL')) {
    read.problems.push(
      'ADYEN_CHECKOUT_URL must not be set in live mode: the URL comes from ADYEN_LIVE_URL_PREFIX',
    )
  }
  if (read.has('WECHAT_API_URL') && config.wechat.apiUrl !== 'https://api.weixin.qq.com') {
    read.problems.push('WECHAT_API_URL must be https://api.weixin.qq.com in live mode')
  }
  if (!read.has('RETURN_URL'))
    read.problems.push('RETURN_URL is missing: live mode needs an https address of yours')
  else if (!config.adyen.returnUrl.startsWith('https://'))
    read.problems.push('RETURN_URL must be https in live mode')
  const publicUrl = read.url(
    'PUBLIC_URL',
    'live mode needs the address at which Adyen and phones reach this server',
  )
  if (publicUrl !== '' && !publicUrl.startsWith('https://')) {
    read.problems.push('PUBLIC_URL must be https in live mode: WeChat and Adyen speak to nothing else')
  }
  if (!read.has('TRUSTED_PROXIES')) {
    read.problems.push(
      'TRUSTED_PROXIES is missing: live mode needs to know how many proxies of yours stand in front',
    )
  }
  if (config.database.kind === 'embedded') {
    read.problems.push('DATABASE_URL is missing: live mode needs a PostgreSQL that is backed up')
  }
}
