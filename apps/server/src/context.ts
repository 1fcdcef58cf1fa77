import type { CheckoutClient } from '@tael/adyen'
import type { FastifyBaseLogger } from 'fastify'
import type { ReportDownloads } from './adyen-reports/client.ts'
import type { Channel } from './channels/channel.ts'
import type { Config } from './config.ts'
import type { PaymentChanges } from './db/changes.ts'
import type { Db } from './db/database.ts'
import type { RequestLimits } from './http/request-limits.ts'
import type { JobQueue } from './jobs/queue.ts'
import type { Openids } from './openids/openids.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { SignedWebhook } from './signed-webhook/client.ts'
import type { WeChatApi } from './wechat/access-token.ts'
import type { WeChatLogin } from './wechat/login.ts'

/** What the process builds once. Each function takes the part of it that it uses. */
export interface Context {
  readonly config: Config
  readonly log: FastifyBaseLogger
  readonly metrics: Metrics
  readonly db: Db
  readonly limits: RequestLimits
  readonly jobs: JobQueue
  readonly changes: PaymentChanges
  readonly checkout: CheckoutClient
  /** Undefined: no address is configured, and events are only in the feed. */
  readonly merchantWebhook: SignedWebhook | undefined
  /** Where operators are notified. Empty: none is configured. */
  readonly channels: readonly Channel[]
  /** Undefined: no key is configured, and an operator downloads Adyen's reports. */
  readonly reports: ReportDownloads | undefined
  /** How shoppers' openids are stored. */
  readonly openids: Openids
  readonly weChat: WeChatApi
  readonly weChatLogin: WeChatLogin
}
