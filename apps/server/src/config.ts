import {
  type Environment,
  type EnvironmentReader,
  type Inspected,
  inspectEnvironment,
  readEnvironment,
} from '@tael/config'
import { readAdyen } from './config/adyen.ts'
import { readConsole } from './config/console.ts'
import { readDatabase } from './config/database.ts'
import { checkLive, readPublicUrl } from './config/live.ts'
import { readMerchant } from './config/merchant.ts'
import { readNotifications } from './config/notifications.ts'
import { readPersonalData } from './config/personal-data.ts'
import { readRetention } from './config/retention.ts'
import { readShop } from './config/shop.ts'
import { readTraces } from './config/traces.ts'
import { readPaidMessage, readShippingUpload, readWeChat } from './config/wechat.ts'

export { ConfigError, type Environment, type Inspected, readEnvironment } from '@tael/config'
export { type AdyenConfig, readMerchantAccount, readReports, readTransactionIdField } from './config/adyen.ts'
export type { OpenIdConfig } from './config/console.ts'
export { findExposures } from './config/live.ts'
export { readDatabase } from './config/database.ts'
export { type ChannelConfig, type NotificationsConfig, readNotifications } from './config/notifications.ts'
export { type PersonalDataConfig, readPersonalData } from './config/personal-data.ts'
export type { Retention } from './config/retention.ts'
export { readCurrency } from './config/shop.ts'
export type { SignedWebhookConfig } from './config/signed-webhook.ts'
export { readShippingUpload, type ShippingUploadConfig } from './config/wechat.ts'

/** The settings of the server, checked. */
export type Config = ReturnType<typeof readAll>

/**
 * Reads the configuration of the server; `.env.example` explains each variable. Throws a
 * ConfigError that lists every problem.
 */
export function readConfig(environment: Environment): Config {
  return readEnvironment(environment, readAll)
}

/** The same, whatever is wrong with it: what has a problem is empty, or has its default. */
export function inspectConfig(environment: Environment): Inspected<Config> {
  return inspectEnvironment(environment, readAll)
}

function readAll(read: EnvironmentReader) {
  const live = read.oneOf('ADYEN_ENVIRONMENT', ['test', 'live'], 'test') === 'live'
  const config = {
    host: read.text('HOST', /^\S+$/, 'the address to listen on', '127.0.0.1'),
    port: read.integer('PORT', 0, 65_535, 8600),
    /** Where operators' routes are served: nowhere else. */
    operators: {
      host: read.text('OPERATOR_HOST', /^\S+$/, 'the address to listen on for operators', '127.0.0.1'),
      port: read.integer('OPERATOR_PORT', 0, 65_535, 8601),
    },
    /** How long the server still takes requests when it is asked to stop. */
    drainSeconds: read.integer('DRAIN_SECONDS', 0, 60, 0),
    logLevel: read.oneOf('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'info'),
    /** The number of our proxies that add to X-Forwarded-For. */
    proxyHops: read.integer('TRUSTED_PROXIES', 0, 10, 0),
    /** Where Adyen and phones reach this server. Undefined: nobody outside does, in test mode only. */
    publicUrl: readPublicUrl(read, live),
    database: readDatabase(read),
    adyen: readAdyen(read, live),
    wechat: readWeChat(read),
    personalData: readPersonalData(read, live),
    /** For how many days personal data is kept. */
    retention: readRetention(read),
    /** The subscribe message of a paid order. Undefined: none is sent. */
    paidMessage: readPaidMessage(read, live),
    /** How shipments are uploaded to WeChat. Undefined: they are not. */
    shippingUpload: readShippingUpload(read),
    shop: readShop(read),
    merchant: readMerchant(read, live),
    /** How operators are notified of what needs attention, and of the shop's health. */
    notifications: readNotifications(read, live),
    console: readConsole(read, live),
    /** Where traces are sent. Undefined: nothing is traced. */
    traces: readTraces(read),
  } as const
  if (config.port !== 0 && config.port === config.operators.port)
    read.problems.push('OPERATOR_PORT is invalid: operators need a port of their own, not PORT')
  if (live) checkLive(read, config)
  return config
}
