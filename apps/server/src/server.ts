import { url as inspectorUrl } from 'node:inspector'
import { setTimeout as pause } from 'node:timers/promises'
import { createCheckoutClient } from '@tael/adyen'
import { goods } from '@tael/miniprogram/goods'
import type { DestinationStream, Logger } from 'pino'
import { createReportDownloads } from './adyen-reports/client.ts'
import { buildApps } from './app.ts'
import { type Config, ConfigError, type Environment, findExposures, readConfig } from './config.ts'
import type { Context } from './context.ts'
import { watchPayments } from './db/changes.ts'
import { createDb, createPool, type Db } from './db/database.ts'
import { migrate } from './db/migrate.ts'
import { openDatabase } from './db/open.ts'
import { prepareDatabase } from './db/prepare.ts'
import { inTransaction } from './db/transaction.ts'
import { createLog, logStatements } from './http/log.ts'
import { limitRequests } from './http/request-limits.ts'
import { createCallCounter } from './call-counts/counter.ts'
import { countCheckoutCalls } from './call-counts/checkout.ts'
import { createChannels } from './channels/create.ts'
import { createJobs } from './jobs/queue.ts'
import type { OptionalJob } from './jobs/register.ts'
import { ADYEN_DEADLINE_MS, ADYEN_TRY_MS } from './ledger/calls.ts'
import { checkOpenidKeys } from './openids/move.ts'
import { Openids } from './openids/openids.ts'
import { findCatalogueProblems, fillEmptyCatalogue } from './shop/catalogue.ts'
import { createSignedWebhook } from './signed-webhook/client.ts'
import { createWeChatApi } from './wechat/access-token.ts'
import { createWeChatClient } from './wechat/client.ts'
import { isServiceFailure } from './wechat/errcodes.ts'
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
  if (config.adyen.live) {
    const exposures = findExposures({
      logLevel: config.logLevel,
      inspectorUrl: inspectorUrl(),
      encryptsOpenids: config.personalData.encrypts,
    })
    for (const exposure of exposures) log.warn({ exposure }, 'a live server is exposed')
  }
  const database = await openDatabase(config.database)
  if (config.database.kind === 'embedded') {
    const { dataDir } = config.database
    log.info({ dataDir, how: database.how }, 'no DATABASE_URL: using an embedded PostgreSQL')
  }
  const pool = createPool(database.url, (error) => log.warn({ err: error }, 'a database connection broke'))
  const db = createDb(pool, logStatements(log), database.url === database.directUrl)
  const openids = new Openids(config.personalData)
  const jobs = createJobs(pool, log, unconfiguredJobs(config))
  await prepareDatabase(
    database.directUrl,
    async (direct) => {
      const { ran, unknown } = await migrate(direct, migrations)
      for (const name of ran) log.info({ name }, 'migrated')
      if (unknown.length > 0) log.warn({ migrations: unknown }, 'a newer release has migrated this database')
      await checkOpenidKeys(direct, openids)
      if (fillsShop) await inTransaction(direct, (trx) => fillEmptyCatalogue(trx, goods))
      await jobs.prepare()
    },
    (error) => log.warn({ err: error }, 'the database is not ready yet'),
  )
  const changes = watchPayments(db, (error) =>
    log.warn({ err: error }, 'awaited payments could not be looked at'),
  )
  const { clients, closeClients } = createClients(config, db, log)
  const limits = limitRequests(db, log)
  const context: Context = { config, log, db, limits, jobs, changes, openids, ...clients }
  const drainMs = config.drainSeconds * 1000
  let draining = false
  const state = { areJobsTaken: jobs.areTaken, isDraining: () => draining }
  const apps = await buildApps(context, state, consoleFolder)
  await jobs.work(createHandlers(context))
  const operatorsListening = await apps.operators.listen(config.operators)
  const listening = await apps.public.listen({ host: config.host, port: config.port })
  log.info({ listening, operatorsListening, mode: config.adyen.live ? 'live' : 'test' }, 'ready')
  return {
    log,
    url: listening,
    operatorsUrl: operatorsListening,
    drainMs,
    async drain() {
      if (drainMs === 0) return
      draining = true
      log.info({ drainMs }, 'draining')
      await pause(drainMs)
    },
    async stop() {
      await changes.close()
      // In parallel, each within its bound: in sequence they could outlast the process.
      await Promise.all([apps.public.close(), apps.operators.close(), jobs.stop()])
      await limits.close()
      await closeClients()
      await db.destroy()
      await database.stop()
    },
  }
}

type Clients = Pick<
  Context,
  'channels' | 'checkout' | 'merchantWebhook' | 'reports' | 'weChat' | 'weChatLogin'
>

/** The clients of the servers that this one calls. */
function createClients(
  { adyen, wechat, merchant, notifications }: Config,
  db: Db,
  log: Logger,
): { readonly clients: Clients; readonly closeClients: () => Promise<unknown> } {
  // What nobody is notified of is not counted.
  const counter =
    notifications.channels.length === 0
      ? undefined
      : createCallCounter(db, (error) => log.warn({ err: error }, 'calls could not be counted'))
  const client = createWeChatClient(wechat.apiUrl, (result) =>
    counter?.count('wechat', isServiceFailure(result)),
  )
  const checkoutClient = createCheckoutClient({
    baseUrl: adyen.checkoutUrl,
    apiKey: adyen.apiKey,
    deadlineMs: ADYEN_DEADLINE_MS,
    tryTimeoutMs: ADYEN_TRY_MS,
  })
  const checkout =
    counter === undefined
      ? checkoutClient
      : countCheckoutCalls(checkoutClient, (failed) => counter.count('adyen', failed))
  const weChatLogin = createWeChatLogin(client, wechat)
  const weChat = createWeChatApi(db, client, wechat)
  const channels = createChannels(notifications)
  const merchantWebhook = merchant.webhook && createSignedWebhook(merchant.webhook)
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
