import type { EnvironmentReader } from '@tael/config'
import type { AdyenConfig } from './adyen.ts'
import type { DatabaseConfig } from './database.ts'
import { WECHAT_API_URL } from './wechat.ts'

interface Settings {
  readonly adyen: AdyenConfig
  readonly wechat: { readonly apiUrl: string }
  readonly database: DatabaseConfig
}

/**
 * Checks the rules of live mode, which moves money: the real Adyen and WeChat, https everywhere,
 * and no defaults for what only the merchant knows.
 */
export function checkLive(read: EnvironmentReader, { adyen, wechat, database }: Settings): void {
  const { problems } = read
  if (read.has('ADYEN_CHECKOUT_URL'))
    problems.push('ADYEN_CHECKOUT_URL must not be set in live mode: ADYEN_LIVE_URL_PREFIX decides the URL')
  if (read.has('WECHAT_API_URL') && wechat.apiUrl !== WECHAT_API_URL)
    problems.push(`WECHAT_API_URL must be ${WECHAT_API_URL} in live mode`)
  if (!read.has('RETURN_URL'))
    problems.push('RETURN_URL is missing: live mode requires an https address of yours')
  else if (!adyen.returnUrl.startsWith('https://')) problems.push('RETURN_URL must be https in live mode')
  const publicUrl = read.url(
    'PUBLIC_URL',
    'live mode requires the address at which Adyen and phones reach this server',
  )
  if (publicUrl !== '' && !publicUrl.startsWith('https://'))
    problems.push('PUBLIC_URL must be https in live mode: WeChat and Adyen require it')
  if (!read.has('TRUSTED_PROXIES'))
    problems.push('TRUSTED_PROXIES is missing: live mode requires the number of your proxies')
  if (database.kind === 'embedded')
    problems.push('DATABASE_URL is missing: live mode requires a PostgreSQL with backups')
}
