import { createCheckoutClient } from '@tael/adyen'
import { goods } from '@tael/miniprogram/goods'
import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { ADYEN_DEADLINE_MS, ADYEN_TRY_MS } from './calls/calls.ts'
import { ConfigError, readConfig } from './config.ts'
import { createClient, createDb, createPool } from './db/database.ts'
import { migrate } from './db/migrate.ts'
import { openDatabase } from './db/open.ts'
import { waitForDatabase } from './db/wait.ts'
import { deleteOldKeys } from './http/idempotency.ts'
import { createLog, logStatements } from './http/log.ts'
import { createJobs } from './jobs/jobs.ts'
import { deleteExpiredSessions } from './login/store.ts'
import { createWeChatLogin } from './login/wechat.ts'
import { sendPaidMessage } from './messages/paid.ts'
import { expireOrder } from './orders/expire.ts'
import { listenForPaymentChanges } from './payments/changes.ts'
import { giveUpPayment } from './payments/close.ts'
import { makeCall, takeUpLostCalls } from './payments/make-call.ts'
import { uploadShipping } from './shipping/upload.ts'
import { catalogueProblems, fillEmptyCatalogue } from './shop/catalogue.ts'
import { retryItem } from './webhooks/inbox.ts'
import { createWeChatApi } from './wechat/access-token.ts'
import { createWeChatClient } from './wechat/client.ts'

const STOP_MS = 20_000
const migrations = new URL('../migrations/', import.meta.url)

/** The process: configuration, database, application, listening, and coming to an end without dropping a request. */
async function main(): Promise<void> {
  const config = readConfig(process.env)
  // A live server sells what its operators put on sale.
  const unsaleable = config.adyen.live ? [] : catalogueProblems(goods, config.shop.currency)
  if (unsaleable.length > 0) throw new ConfigError(unsaleable)
  const log = createLog(config.logLevel)
  const database = await openDatabase(config.database)
  if (config.database.kind === 'embedded') {
    const { dataDir } = config.database
    log.info({ dataDir, how: database.how }, 'no DATABASE_URL: using an embedded PostgreSQL')
  }
  const pool = createPool(database.url, (error) => log.warn({ err: error }, 'a database connection broke'))
  await waitForDatabase(pool, (error) => log.warn({ err: error }, 'the database is not ready yet'))
  const db = createDb(pool, logStatements(log))
  for (const name of await migrate(db, migrations)) log.info({ name }, 'migrated')
  if (!config.adyen.live) await db.transaction().execute((trx) => fillEmptyCatalogue(trx, goods))

  const jobs = await createJobs(pool, log, config.paidMessage === undefined ? ['send-paid-message'] : [])
  const changes = await listenForPaymentChanges(
    () => createClient(database.url),
    (error) => log.warn({ err: error }, 'hearing of changes is interrupted'),
  )
  const { checkoutUrl: baseUrl, apiKey, merchantAccount, transactionIdField } = config.adyen
  const checkout = createCheckoutClient({
    baseUrl,
    apiKey,
    deadlineMs: ADYEN_DEADLINE_MS,
    tryTimeoutMs: ADYEN_TRY_MS,
  })
  const client = createWeChatClient(config.wechat.apiUrl)
  const weChatLogin = createWeChatLogin(client, config.wechat)
  const weChat = createWeChatApi({ db, client, wechat: config.wechat })
  const onAttention = (webhookId: number, reason: string): void =>
    log.error({ webhookId, reason }, 'webhook needs attention')
  const inbox = { db, jobs, merchantAccount, transactionIdField, onAttention }
  const app = await buildApp({ config, log, db, jobs, changes, checkout, weChatLogin, inbox })

  const calls = { db, jobs, checkout, weChat, config, log }
  await jobs.work({
    'expire-order': ({ orderId }) => expireOrder(db, jobs, orderId),
    'retry-webhook': ({ webhookId }) => retryItem(inbox, webhookId),
    'make-call': (call) => makeCall(calls, call),
    'give-up-payment': ({ paymentId }) => giveUpPayment(db, jobs, paymentId),
    'find-lost-calls': () => takeUpLostCalls(calls),
    'delete-expired': async () => {
      await deleteExpiredSessions(db)
      await deleteOldKeys(db)
    },
    'send-paid-message': ({ paymentId }) => sendPaidMessage(calls, paymentId),
    'upload-shipping': ({ shipmentId }) => uploadShipping(calls, shipmentId),
  })
  closeWithGrace({ delay: STOP_MS, logger: log }, async ({ err }) => {
    if (err !== undefined) log.fatal({ err }, 'stopping after an error')
    await changes.close()
    await app.close()
    await jobs.stop()
    await Promise.all([checkout.close(), client.close(), db.destroy()])
    await database.stop()
  })
  const listening = await app.listen({ host: config.host, port: config.port })
  log.info({ listening, mode: config.adyen.live ? 'live' : 'test' }, 'ready')
}

try {
  await main()
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`${error.message}\nSee .env.example.\n`)
  process.exitCode = 78
}
