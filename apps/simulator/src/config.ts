/** What the simulator needs to know. The names of the environment variables are those of the server. */
export interface Config {
  /** 0 takes any free port. */
  readonly port: number
  readonly adyenApiKey: string
  readonly merchantAccount: string
  /** Hex, as Adyen shows it. Of several keys in `ADYEN_HMAC_KEYS` the first one signs. */
  readonly hmacKey: string
  readonly webhookUrl: string
  readonly webhookUsername: string
  readonly webhookPassword: string
  readonly wechatAppId: string
  readonly wechatAppSecret: string
  /** The field of additionalData in which Adyen tells WeChat's number of a payment; undefined: it does not. */
  readonly transactionIdField: string | undefined
  /** Decides every seeded fault: the same seed and the same calls give the same faults. */
  readonly seed: number
  /** How many times faster than real time delays and webhook retries run. */
  readonly speed: number
}

/** Every problem of the environment at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor(problems: readonly string[]) {
    super(`The simulator cannot start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`)
  }
}

const SEED_MAX = 2 ** 32

/** Reads the environment. Throws a ConfigError that names every variable that is missing or wrong. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = []
  const text = (name: string): string => {
    const value = env[name] ?? ''
    if (value === '') problems.push(`${name} is missing`)
    return value
  }
  const number = (name: string, fallback: number, fits: (value: number) => boolean, rule: string): number => {
    const given = env[name] ?? ''
    const value = given === '' ? fallback : Number(given)
    if (!fits(value)) problems.push(`${name} must be ${rule}, not "${given}"`)
    return value
  }

  const config: Config = {
    port: number('PORT', 8800, (value) => isIntegerBelow(value, 65_536), 'a port number'),
    adyenApiKey: text('ADYEN_API_KEY'),
    merchantAccount: text('ADYEN_MERCHANT_ACCOUNT'),
    hmacKey: text('ADYEN_HMAC_KEYS').split(',')[0]?.trim() ?? '',
    webhookUrl: text('SIMULATOR_WEBHOOK_URL'),
    webhookUsername: text('ADYEN_WEBHOOK_USERNAME'),
    webhookPassword: text('ADYEN_WEBHOOK_PASSWORD'),
    wechatAppId: text('WECHAT_APP_ID'),
    wechatAppSecret: text('WECHAT_APP_SECRET'),
    transactionIdField: env['SIMULATOR_TRANSACTION_ID_FIELD'],
    seed: number(
      'SIMULATOR_SEED',
      Math.floor(Math.random() * SEED_MAX),
      (value) => isIntegerBelow(value, SEED_MAX),
      `an integer from 0 to ${SEED_MAX - 1}`,
    ),
    speed: number(
      'SIMULATOR_SPEED',
      1,
      (value) => Number.isFinite(value) && value > 0,
      'a number greater than 0',
    ),
  }
  if (config.hmacKey !== '' && !/^([0-9a-f]{2})+$/i.test(config.hmacKey))
    problems.push('ADYEN_HMAC_KEYS must be hex, one key or several joined by commas')
  if (config.webhookUrl !== '' && !/^https?:$/.test(URL.parse(config.webhookUrl)?.protocol ?? ''))
    problems.push('SIMULATOR_WEBHOOK_URL must be an http or https address')
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

function isIntegerBelow(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < limit
}
