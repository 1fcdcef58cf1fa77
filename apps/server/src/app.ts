import { randomUUID } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { CheckoutClient } from '@tael/adyen'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify'
import type { Config } from './config.ts'
import type { Db } from './db/database.ts'
import { hangUpWhenClosing } from './http/closing.ts'
import { answerClientError, answerFrameworkError, answerProblems } from './http/errors.ts'
import { serveHealth } from './http/health.ts'
import { nameRequests } from './http/log.ts'
import { describeApi } from './http/openapi.ts'
import { requireOperators } from './http/operators.ts'
import { limitRequests } from './http/rate-limit.ts'
import { requireSessions } from './http/sessions.ts'
import { compileValidator } from './http/validation.ts'
import type { Jobs } from './jobs/jobs.ts'
import { serveLogin } from './login/routes.ts'
import type { WeChatLogin } from './login/wechat.ts'
import { serveOperators } from './ops/routes.ts'
import { serveOrders } from './orders/routes.ts'
import type { PaymentChanges } from './payments/changes.ts'
import { servePayments } from './payments/routes.ts'
import { serveShop } from './shop/routes.ts'
import { requireWebhookCredentials } from './webhooks/authenticate.ts'
import type { InboxDependencies } from './webhooks/inbox.ts'
import { serveWebhooks } from './webhooks/routes.ts'

/** The server as subjects add their routes to it. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export interface Dependencies {
  readonly config: Config
  readonly log: FastifyBaseLogger
  readonly db: Db
  readonly jobs: Jobs
  readonly changes: PaymentChanges
  readonly checkout: CheckoutClient
  readonly weChatLogin: WeChatLogin
  readonly inbox: InboxDependencies
}

const BODY_BYTES_MAX = 262_144
/** Longer than the longest wait a route offers. */
const REQUEST_MS_MAX = 60_000

/** The whole server, not listening yet. */
export async function buildApp(dependencies: Dependencies): Promise<FastifyInstance> {
  const { config, log, db, jobs, changes, checkout, weChatLogin, inbox } = dependencies
  const app = Fastify({
    loggerInstance: log,
    genReqId: () => randomUUID(),
    // Counted from our end: the addresses that proxies of ours wrote are believed, whatever a client wrote is not.
    trustProxy: (_address, hop) => hop < config.proxyHops,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    // A request that came in on a connection we still hold is answered as ever; then we hang up (http/closing.ts).
    return503OnClosing: false,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  })
  app.setValidatorCompiler(compileValidator)
  nameRequests(app)
  hangUpWhenClosing(app)
  answerProblems(app)
  await describeApi(app)
  await limitRequests(app)
  requireSessions(app, db)
  requireOperators(app, db)
  requireWebhookCredentials(app, config.adyen)

  await app.register(async (plain) => {
    const api: Api = plain.withTypeProvider<TypeBoxTypeProvider>()
    serveHealth(api, db)
    serveLogin(api, { db, weChatLogin, sessionLifetimeMs: config.shop.sessionLifetimeMs })
    serveShop(api, { db, currency: config.shop.currency })
    serveOrders(api, {
      db,
      jobs,
      currency: config.shop.currency,
      orderLifetimeMs: config.shop.orderLifetimeMs,
    })
    servePayments(api, { db, jobs, checkout, changes, config, log })
    serveWebhooks(api, config.adyen, inbox)
    serveOperators(api, { db, jobs, uploads: config.shippingUpload !== undefined })
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  await app.ready()
  return app
}
