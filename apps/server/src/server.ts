import { url as inspectorUrl } from 'node:inspector'
import { setTimeout as pause } from 'node:timers/promises'
import { createCheckoutClient } from '@tael/adyen'
import { goods } from '@tael/miniprogram/goods'
import type { DestinationStream, Logger } from 'pino'
import { createReportDownloads } from './adyen-reports/client.ts'
import { buildApps } from './app.ts'
import {
  type Config,
  ConfigError,
  type Environment,
  findExposures,
  inspectConfig,
  readConfig,
} from './config.ts'
import type { Context } from './context.ts'
import { watchPayments } from './db/changes.ts'
import { createDb, createPool, type Db } from './db/database.ts'
import { migrate } from './db/migrate.ts'
import { openDatabase } from './db/open.ts'
import { prepareDatabase } from './db/prepare.ts'
import { inTransaction } from './db/transaction.ts'
import { examinedHere } from './doctor-command.ts'
import { warnOfFaults } from './doctor/warn.ts'
import { createLog, logStatements } from './http/log.ts'
import { limitRequests } from './http/request-limits.ts'
import { createCallCounter } from './call-counts/counter.ts'
import { hasFailed, observeCalls, observeCheckout } from './call-counts/observe-calls.ts'
import type { Channel } from './channels/channel.ts'
import { createChannels } from './channels/create.ts'
import { type Change, onCommitted } from './db/committed.ts'
import { createJobs } from './jobs/queue.ts'
import type { OptionalJob } from './jobs/register.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { measureServer } from './scrape/measure-server.ts'
import { type Tracer, traceWith } from './traces/spans.ts'
import { version } from './http/version.ts'
import { ADYEN_DEADLINE_MS, ADYEN_TRY_MS } from './ledger/calls.ts'
import { checkOpenidKeys } from './openids/move.ts'
import { Openids } from './openids/openids.ts'
import { findCatalogueProblems, fillEmptyCatalogue } from './shop/catalogue.ts'
import { createSignedWebhook, type SignedWebhook } from './signed-webhook/client.ts'
import { createWeChatApi } from './wechat/access-token.ts'
import { createWeChatClient } from './wechat/client.ts'
import { outcomeOf } from './wechat/errcodes.ts'
import { createWeChatLogin } from './wechat/login.ts'
import { createHandlers } from './job-handlers.ts'

// Both are found from the sources and from the bundle.
const migrations = new URL('../migrations/', import.meta.url)
const consoleFolder = new URL('../dist/console/', import.meta.url)

/** A server that takes requests and jobs. */
export interface Server {
  readonly log: Logger
  /** The address of each listener, such as `http://127.0.0.1:8600`. */
  readonly url: string
  readonly operatorsUrl: string
  /** How long `drain` takes. */
  readonly drainMs: number
  /**
   * Still answers everything for DRAIN_SECONDS, while `/health/ready` is 503 and each answer asks to
   * close its connection: so that a proxy has turned away before the end.
   */
  readonly drain: () => Promise<void>
  /** Finishes what is in progress, takes nothing new, and drops no request. */
  readonly stop: () => Promise<void>
}

/**
 * Starts the server that this environment configures: database, HTTP and jobs. Its log's lines go to `output`, stdout by default. Throws
 * ConfigError or DatabaseUnavailableError.
 */
export async function startServer(environment: Environment, output?: DestinationStream): Promise<Server> {
  const config = readConfig(environment)
  // A live server sells only what its operators put on sale.
  const fillsShop = config.shop.sells && !config.adyen.live
  const unsaleable = !fillsShop ? [] : findCatalogueProblems(goods, config.shop.currency)
  if (unsaleable.length > 0) throw new ConfigError(unsaleable)
  const log = createLog(config.logLevel, output)
  if (config.adyen.live) warnOfExposures(config, log)
  const metrics = createMetrics()
  const tracer = await startTracing(config, log)
  const database = await openDatabase(config.database)
  if (config.database.kind === 'embedded') {
    const { dataDir } = config.database
    log.info({ dataDir, how: database.how }, 'no DATABASE_URL: using an embedded PostgreSQL')
  }
  const pool = createPool(database.url, (error) => log.warn({ err: error }, 'a database connection broke'))
  const statementLog = log.isLevelEnabled('debug') ? logStatements(log) : undefined
  const db = createDb(pool, statementLog, database.url === database.directUrl)
  const openids = new Openids(config.personalData)
  const jobs = createJobs(pool, log, unconfiguredJobs(config))
  await prepareDatabase(
    database.directUrl,
    async (direct) => {
      await migrateDatabase(direct, log)
      await checkOpenidKeys(direct, openids)
      if (fillsShop) await inTransaction(direct, (trx) => fillEmptyCatalogue(trx, goods))
      await jobs.prepare()
    },
    (error) => log.warn({ err: error }, 'the database is not ready yet'),
  )
  const changes = watchPayments(db, (error) =>
    log.warn({ err: error }, 'awaited payments could not be looked at'),
  )
  measureServer(metrics, pool, changes)
  onCommitted(db, (change) => countChange(metrics, change))
  const { clients, closeClients } = createClients(config, metrics, db, log)
  const limits = limitRequests(db, log)
  const context: Context = { config, log, metrics, db, limits, jobs, changes, openids, ...clients }
  const { drainMs, isDraining, drain } = createDrain(config, log)
  const state = { areJobsTaken: jobs.areTaken, isDraining }
  const apps = await buildApps(context, state, consoleFolder)
  await jobs.work(createHandlers(context), metrics)
  const operatorsListening = await apps.operators.listen(config.operators)
  const listening = await apps.public.listen({ host: config.host, port: config.port })
  log.info({ listening, operatorsListening, mode: config.adyen.live ? 'live' : 'test' }, 'ready')
  const stopping = new AbortController()
  const checked = config.adyen.live
    ? warnOfFaults(examinedHere(inspectConfig(environment)), log, stopping.signal)
    : undefined
  return {
    log,
    url: listening,
    operatorsUrl: operatorsListening,
    drainMs,
    drain,
    async stop() {
      stopping.abort()
      await changes.close()
      // In parallel, each within its bound: in sequence they could outlast the process.
      await Promise.all([apps.public.close(), apps.operators.close(), jobs.stop(), checked])
      await limits.close()
      await closeClients()
      await db.destroy()
      await database.stop()
      traceWith(undefined)
      await tracer?.close()
    },
  }
}

/** How long the server still answers everything before it stops, and whether that has begun. */
function createDrain({ drainSeconds }: Config, log: Logger) {
  const drainMs = drainSeconds * 1000
  let draining = false
  return {
    drainMs,
    isDraining: () => draining,
    drain: async (): Promise<void> => {
      if (drainMs === 0) return
      draining = true
      log.info({ drainMs }, 'draining')
      await pause(drainMs)
    },
  }
}

function warnOfExposures({ logLevel, personalData }: Config, log: Logger): void {
  const exposures = findExposures({
    logLevel,
    inspectorUrl: inspectorUrl(),
    encryptsOpenids: personalData.encrypts,
  })
  for (const exposure of exposures) log.warn({ exposure }, 'a live server is exposed')
}

async function migrateDatabase(direct: Db, log: Logger): Promise<void> {
  const { ran, unknown } = await migrate(direct, migrations)
  for (const name of ran) log.info({ name }, 'migrated')
  if (unknown.length > 0) log.warn({ migrations: unknown }, 'a newer release has migrated this database')
}

type Clients = Pick<
  Context,
  'channels' | 'checkout' | 'merchantWebhook' | 'reports' | 'weChat' | 'weChatLogin'
>

/** The clients of the servers that this one calls. */
function createClients(
  { adyen, wechat, merchant, notifications }: Config,
  metrics: Metrics,
  db: Db,
  log: Logger,
): { readonly clients: Clients; readonly closeClients: () => Promise<unknown> } {
  // What nobody is notified of is not counted.
  const counter =
    notifications.channels.length === 0
      ? undefined
      : createCallCounter(db, (error) => log.warn({ err: error }, 'calls could not be counted'))
  const observe = observeCalls(metrics, ({ service, outcome }) => counter?.count(service, hasFailed(outcome)))
  const client = createWeChatClient(wechat.apiUrl, (operation, make) =>
    observe({ service: 'wechat', operation, outcomeOf }, make),
  )
  const checkout = observeCheckout(
    createCheckoutClient({
      baseUrl: adyen.checkoutUrl,
      apiKey: adyen.apiKey,
      deadlineMs: ADYEN_DEADLINE_MS,
      tryTimeoutMs: ADYEN_TRY_MS,
    }),
    observe,
  )
  const weChatLogin = createWeChatLogin(client, wechat)
  const weChat = createWeChatApi(db, client, wechat)
  const channels = createChannels(notifications).map((channel) => countSent(channel, metrics))
  const merchantWebhook = merchant.webhook && countDelivered(createSignedWebhook(merchant.webhook), metrics)
  const reports = createReportDownloads(adyen)
  return {
    clients: { channels, checkout, merchantWebhook, reports, weChat, weChatLogin },
    closeClients: () =>
      Promise.all([
        checkout.close(),
        client.close(),
        merchantWebhook?.close(),
        reports?.close(),
        counter?.close(),
        ...channels.map((channel) => channel.close()),
      ]),
  }
}

/** The jobs that have nothing to send to. */
function unconfiguredJobs({ adyen, paidMessage, merchant }: Config): OptionalJob[] {
  return [
    ...(paidMessage === undefined ? (['send-paid-message'] as const) : []),
    ...(merchant.webhook === undefined ? (['deliver-event'] as const) : []),
    ...(adyen.reports === undefined ? (['fetch-report'] as const) : []),
  ]
}

function countChange({ payments, refunds, webhookItems }: Metrics, change: Change): void {
  switch (change.kind) {
    case 'payment':
      return payments.inc({ status: change.status })
    case 'refund':
      return refunds.inc({ status: change.status })
    case 'webhook':
      return webhookItems.inc({ event_code: change.eventCode, state: change.state })
  }
}

/** The same channel, whose tries are counted. */
function countSent(channel: Channel, { deliveries }: Metrics): Channel {
  return {
    name: channel.name,
    type: channel.type,
    async send(message) {
      const sent = await channel.send(message)
      deliveries.inc({ receiver: channel.type, outcome: sent.accepted ? 'accepted' : 'not_accepted' })
      return sent
    },
    close: () => channel.close(),
  }
}

/** The same webhook of the merchant, whose tries are counted. */
function countDelivered(webhook: SignedWebhook, { deliveries }: Metrics): SignedWebhook {
  return {
    async deliver(message) {
      const delivered = await webhook.deliver(message)
      deliveries.inc({ receiver: 'merchant', outcome: delivered.accepted ? 'accepted' : 'not_accepted' })
      return delivered
    },
    close: () => webhook.close(),
  }
}

/** Traces what this process does, where a collector is configured: nothing of it is loaded otherwise. */
async function startTracing({ traces }: Config, log: Logger): Promise<Tracer | undefined> {
  if (traces === undefined) return undefined
  const { createTracer } = await import('./traces/otlp.ts')
  const onError = (error: unknown): void => log.warn({ err: error }, 'traces could not be sent')
  const tracer = createTracer({ ...traces, version, onError })
  traceWith(tracer)
  return tracer
}
