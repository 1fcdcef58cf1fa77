import { type Environment, type EnvironmentReader, readEnvironment } from '@tael/config'

export type Config = ReturnType<typeof readAll>

const SEED_MAX = 2 ** 32 - 1

/**
 * Reads the configuration of the simulator. What the server reads too has the same name there.
 * Throws a ConfigError that lists every problem.
 */
export function readConfig(environment: Environment): Config {
  return readEnvironment(environment, readAll)
}

function readAll(read: EnvironmentReader) {
  const randomSeed = Math.floor(Math.random() * SEED_MAX)
  return {
    /** 0 takes any free port. */
    port: read.integer('PORT', 0, 65_535, 8800),
    adyenApiKey: read.secret('ADYEN_API_KEY', /^\S+$/, 'the API key of the server'),
    reportApiKey: read.optionalSecret('ADYEN_REPORT_API_KEY', /^\S+$/, 'the API key of a report user'),
    merchantAccount: read.text('ADYEN_MERCHANT_ACCOUNT', /^\S+$/, 'the merchant account of the server'),
    /** Hex, as Adyen shows it. */
    hmacKey: readSigningKey(read),
    webhookUrl: read.url('SIMULATOR_WEBHOOK_URL', 'the address at which the server receives webhooks'),
    webhookUsername: read.text('ADYEN_WEBHOOK_USERNAME', /^[^:]+$/, 'the user name of the webhook'),
    webhookPassword: read.secret('ADYEN_WEBHOOK_PASSWORD', /^.+$/, 'the password of the webhook'),
    wechatAppId: read.text('WECHAT_APP_ID', /^\S+$/, 'the AppID of the Mini Program'),
    wechatAppSecret: read.secret('WECHAT_APP_SECRET', /^\S+$/, 'the AppSecret of the Mini Program'),
    /**
     * The field of `additionalData` that holds WeChat's transaction id of a payment. Undefined:
     * none does.
     */
    transactionIdField: read.optionalText(
      'SIMULATOR_TRANSACTION_ID_FIELD',
      /^[\w.-]+$/,
      'the name of a field of additionalData',
    ),
    /** The server domains of the Mini Program for requests. */
    requestDomains: read
      .text('SIMULATOR_REQUEST_DOMAINS', /./, 'https addresses, separated by commas', 'https://shop.example')
      .split(','),
    /** The subscribe message template of the Mini Program. Undefined: it has none. */
    templateId: read.optionalText('SIMULATOR_TEMPLATE_ID', /^\S+$/, 'the id of a template'),
    /** The fields of that template. */
    templateFields: read
      .text('SIMULATOR_TEMPLATE_FIELDS', /^\w+(,\w+)*$/, 'names, separated by commas', 'amount2,thing4')
      .split(','),
    /** Decides every seeded fault: the same seed and the same calls give the same faults. */
    seed: read.integer('SIMULATOR_SEED', 0, SEED_MAX, randomSeed),
    /** How many times faster than real time delays and webhook retries run. */
    speed: readSpeed(read),
  } as const
}

/** The first of the keys in `ADYEN_HMAC_KEYS`. */
function readSigningKey(read: EnvironmentReader): string {
  const rule = 'hex, one key or several separated by commas'
  const keys = read.secret('ADYEN_HMAC_KEYS', /^([0-9a-f]{2})+(, *([0-9a-f]{2})+)*$/i, rule)
  return keys.split(',')[0] ?? ''
}

function readSpeed(read: EnvironmentReader): number {
  const rule = 'a number greater than 0'
  return Number(read.text('SIMULATOR_SPEED', /^(?=.*[1-9])\d{1,9}(\.\d{1,9})?$/, rule, '1'))
}
