import { demoCredentials, type EnvironmentReader } from '@tael/config'
import type { AdyenConfig } from './adyen.ts'
import type { DatabaseConfig } from './database.ts'
import { WECHAT_API_URL } from './wechat.ts'

/** Of random hex digits, 64 almost surely hold all 16 digits. */
const DISTINCT_DIGITS_MIN = 8
/** What a password generator makes. Of random characters, 16 almost surely hold more than 8. */
const PASSWORD_LENGTH_MIN = 16
const DISTINCT_CHARACTERS_MIN = 8

interface Settings {
  readonly adyen: AdyenConfig
  readonly wechat: { readonly apiUrl: string }
  readonly database: DatabaseConfig
}

/**
 * Checks the rules of live mode, which moves money: the real Adyen and WeChat, https everywhere,
 * and no defaults for what only the merchant knows.
 */
export function checkLive(read: EnvironmentReader, settings: Settings): void {
  const { problems } = read
  const { adyen, wechat, database } = settings
  checkSecrets(read, settings)
  if (read.has('ADYEN_CHECKOUT_URL'))
    problems.push('ADYEN_CHECKOUT_URL must not be set in live mode: ADYEN_LIVE_URL_PREFIX decides the URL')
  if (read.has('ADYEN_REPORT_URL'))
    problems.push('ADYEN_REPORT_URL must not be set in live mode: reports come from ca-live.adyen.com')
  if (read.has('WECHAT_API_URL') && wechat.apiUrl !== WECHAT_API_URL)
    problems.push(`WECHAT_API_URL must be ${WECHAT_API_URL} in live mode`)
  if (!read.has('RETURN_URL'))
    problems.push('RETURN_URL is missing: live mode requires an https address of yours')
  else if (!adyen.returnUrl.startsWith('https://')) problems.push('RETURN_URL must be https in live mode')
  if (!read.has('TRUSTED_PROXIES'))
    problems.push('TRUSTED_PROXIES is missing: live mode requires the number of your proxies')
  if (database.kind === 'embedded')
    problems.push('DATABASE_URL is missing: live mode requires a PostgreSQL with backups')
}

/** The address of the proxy in front, which live mode requires. */
export function readPublicUrl(read: EnvironmentReader, live: boolean): string | undefined {
  if (!live && !read.has('PUBLIC_URL')) return undefined
  const url = read.url(
    'PUBLIC_URL',
    'the address at which Adyen and phones reach this server, which live mode requires',
  )
  if (live && url !== '' && !url.startsWith('https://'))
    read.problems.push('PUBLIC_URL must be https in live mode: WeChat and Adyen require it')
  return url
}

/** Refuses secrets that a stranger knows or guesses, and connections that trust any certificate. */
function checkSecrets(read: EnvironmentReader, { adyen, database }: Settings): void {
  const { problems } = read
  const { ADYEN_HMAC_KEYS: demoKey, ADYEN_WEBHOOK_USERNAME: _, ...published } = demoCredentials
  for (const [name, value] of Object.entries(published)) {
    if (read.is(name, value)) problems.push(`${name} is published, it is that of the demo: use your own`)
  }
  for (const key of adyen.hmacKeys) {
    if (key.toUpperCase() === demoKey)
      problems.push('ADYEN_HMAC_KEYS has a published key, that of the demo: use your own')
    else if (key !== '' && new Set(key.toUpperCase()).size < DISTINCT_DIGITS_MIN)
      problems.push('ADYEN_HMAC_KEYS has a key that nobody generated: use that of the Customer Area')
  }
  const { webhookUsername, webhookPassword } = adyen
  if (webhookPassword !== '' && isGuessed(webhookPassword, webhookUsername))
    problems.push(
      `ADYEN_WEBHOOK_PASSWORD is weak: let a generator make one of ${PASSWORD_LENGTH_MIN} characters or more`,
    )
  if (read.is('NODE_TLS_REJECT_UNAUTHORIZED', '0'))
    problems.push('NODE_TLS_REJECT_UNAUTHORIZED must not be set in live mode: it trusts any certificate')
  if (database.kind === 'url' && /[?&]sslmode=no-verify\b/.test(database.url))
    problems.push('DATABASE_URL must not have sslmode=no-verify in live mode: it trusts any certificate')
}

function isGuessed(password: string, username: string): boolean {
  return (
    password.length < PASSWORD_LENGTH_MIN ||
    new Set(password).size < DISTINCT_CHARACTERS_MIN ||
    (username !== '' && password.toLowerCase().includes(username.toLowerCase()))
  )
}

/** What exposes a live server that runs: its log warns of each. */
export function findExposures(settings: {
  readonly logLevel: string
  /** Where a debugger can attach, if Node listens for one. */
  readonly inspectorUrl: string | undefined
  readonly encryptsOpenids: boolean
}): string[] {
  return [
    ...(settings.inspectorUrl === undefined
      ? []
      : ['a debugger can attach and read every secret: --inspect']),
    ...(settings.encryptsOpenids ? [] : ['openids are stored in clear: PERSONAL_DATA_KEYS=clear,…']),
    ...(settings.logLevel === 'trace' ? ['every SQL statement is logged: LOG_LEVEL=trace'] : []),
  ]
}
