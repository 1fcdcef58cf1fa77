import { randomUUID } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { Listener } from '@tael/contracts'
import Fastify, { type FastifyInstance } from 'fastify'
import { serveAttention } from './attention/routes.ts'
import { serveOpenId } from './console/openid.ts'
import { serveConsolePage } from './console/page.ts'
import { serveConsoleSessions } from './console/routes.ts'
import type { Context } from './context.ts'
import type { Api } from './http/api.ts'
import { closeConnectionsOnStop } from './http/close-connections.ts'
import { answerClientError, answerFrameworkError, answerProblems } from './http/errors.ts'
import { protectAnswers } from './http/headers.ts'
import { serveHealth, type ServerState } from './http/health.ts'
import { trackRequestIds } from './http/log.ts'
import { observeRequests } from './http/observe-requests.ts'
import { limitOpenRoutes } from './http/open-routes.ts'
import { describeApi, documentPaths, documentsOf, readDocument } from './http/openapi.ts'
import { refusePathAliases } from './http/path-aliases.ts'
import { compileSerializer } from './http/serialization.ts'
import { compileValidator } from './http/validation.ts'
import { requireSessions } from './login/authenticate.ts'
import { serveLogin } from './login/routes.ts'
import { serveMerchantOrders } from './merchant/routes.ts'
import { serveNotifications } from './notifications/routes.ts'
import { requireOperators } from './operators/authenticate.ts'
import { serveOperators } from './operators/routes.ts'
import { serveOrders } from './orders/routes.ts'
import { serveOverview } from './overview/routes.ts'
import { servePrivacy } from './privacy/routes.ts'
import { servePaymentRecords, servePayments } from './payments/routes.ts'
import { serveRecords } from './records/routes.ts'
import { serveRefunds } from './refunds/routes.ts'
import { serveMetrics } from './scrape/routes.ts'
import { serveSettings } from './settings/routes.ts'
import { serveSettlements } from './settlement/routes.ts'
import { serveShipping } from './shipping/routes.ts'
import { serveProductRecords, serveShop } from './shop/routes.ts'
import { requireWebhookCredentials } from './webhooks/authenticate.ts'
import { serveWebhookRecords, serveWebhooks } from './webhooks/routes.ts'

const BODY_BYTES_MAX = 262_144
/** Longer than the longest wait that a route offers. */
const REQUEST_MS_MAX = 60_000

/** The HTTP servers of the two listeners. Neither answers the other's routes. */
export interface Apps {
  readonly public: FastifyInstance
  readonly operators: FastifyInstance
}

/** Builds the HTTP servers with the routes of every subject. They do not listen yet. */
export async function buildApps(context: Context, state: ServerState, consoleFolder: URL): Promise<Apps> {
  const { db } = context
  return {
    public: await buildApp(context, state, 'public', async (app) => {
      requireSessions(app, context)
      requireWebhookCredentials(app, context)
      return (api) => {
        serveHealth(api, db, state)
        serveLogin(api, context)
        if (context.config.shop.sells) serveShop(api, context)
        serveOrders(api, context)
        servePayments(api, context)
        serveWebhooks(api, context)
      }
    }),
    operators: await buildApp(context, state, 'operators', async (app) => {
      await requireOperators(app, context)
      await serveConsolePage(app, consoleFolder)
      serveOpenId(app, context)
      return (api) => {
        serveMetrics(api, context, () => state.areJobsTaken() && !state.isDraining())
        serveOverview(api, context)
        serveConsoleSessions(api, context)
        serveRecords(api, context)
        servePaymentRecords(api, context)
        serveRefunds(api, context)
        serveWebhookRecords(api, context)
        serveShipping(api, context)
        serveProductRecords(api, context)
        serveSettlements(api, context)
        serveAttention(api, context)
        serveOperators(api, context)
        serveSettings(api, context)
        serveMerchantOrders(api, context)
        serveNotifications(api, context)
        servePrivacy(api, context)
      }
    }),
  }
}

/**
 * Builds the server of one listener. `authenticate` adds what checks its callers, and returns what
 * adds its routes.
 */
async function buildApp(
  { config, log, limits, metrics }: Context,
  { isDraining }: ServerState,
  listener: Listener,
  authenticate: (app: FastifyInstance) => Promise<(api: Api) => void>,
): Promise<FastifyInstance> {
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
  app.setSerializerCompiler(compileSerializer)
  trackRequestIds(app)
  observeRequests(app, listener, metrics)
  closeConnectionsOnStop(app, isDraining)
  protectAnswers(app)
  await describeApi(app, listener)
  answerProblems(app, limits)
  refusePathAliases(app)
  limitOpenRoutes(app, limits)
  const serveRoutes = await authenticate(app)
  await app.register(async (plain) => serveRoutes(plain.withTypeProvider<TypeBoxTypeProvider>()))
  for (const document of documentsOf[listener]) {
    const options = { schema: { hide: true } }
    app.get(documentPaths[document], options, async () => readDocument(app, document))
  }
  await app.ready()
  return app
}
