import { randomUUID } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import { serveAttention } from './attention/routes.ts'
import type { Context } from './context.ts'
import type { Api } from './http/api.ts'
import { closeConnectionsOnStop } from './http/close-connections.ts'
import { answerClientError, answerFrameworkError, answerProblems } from './http/errors.ts'
import { serveHealth } from './http/health.ts'
import { trackRequestIds } from './http/log.ts'
import { describeApi } from './http/openapi.ts'
import { limitRequests } from './http/rate-limit.ts'
import { compileValidator } from './http/validation.ts'
import { requireSessions } from './login/authenticate.ts'
import { serveLogin } from './login/routes.ts'
import { requireOperators } from './operators/authenticate.ts'
import { serveOrders } from './orders/routes.ts'
import { servePayments } from './payments/routes.ts'
import { serveRefunds } from './refunds/routes.ts'
import { serveShipping } from './shipping/routes.ts'
import { serveShop } from './shop/routes.ts'
import { requireWebhookCredentials } from './webhooks/authenticate.ts'
import { serveWebhooks } from './webhooks/routes.ts'

const BODY_BYTES_MAX = 262_144
/** Longer than the longest wait that a route offers. */
const REQUEST_MS_MAX = 60_000

/** Builds the HTTP server with the routes of every subject. It does not listen yet. */
export async function buildApp(context: Context): Promise<FastifyInstance> {
  const { config, log, db } = context
  const app = Fastify({
    loggerInstance: log,
    genReqId: () => randomUUID(),
    // Counted from our end: trusts the addresses that our proxies added, never the client's.
    trustProxy: (_address, hop) => hop < config.proxyHops,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    // Requests on open connections are still answered; then http/close-connections.ts closes them.
    return503OnClosing: false,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  })
  app.setValidatorCompiler(compileValidator)
  trackRequestIds(app)
  closeConnectionsOnStop(app)
  await describeApi(app)
  await limitRequests(app)
  answerProblems(app)
  requireSessions(app, db)
  requireOperators(app, db)
  requireWebhookCredentials(app, config.adyen)

  await app.register(async (plain) => {
    const api: Api = plain.withTypeProvider<TypeBoxTypeProvider>()
    serveHealth(api, db)
    serveLogin(api, context)
    serveShop(api, context)
    serveOrders(api, context)
    servePayments(api, context)
    serveRefunds(api, context)
    serveShipping(api, context)
    serveWebhooks(api, context)
    serveAttention(api, context)
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  await app.ready()
  return app
}
