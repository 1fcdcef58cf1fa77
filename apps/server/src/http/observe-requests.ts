import { type Listener, machineRoutes, monitoringRoutes, type Route, shopperRoutes } from '@tael/contracts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Metrics } from '../metrics/metrics.ts'
import { type OpenSpan, openSpan } from '../traces/spans.ts'

/** Asked again and again by programs that watch the server: no trace shows them. */
const untraced: ReadonlySet<Route | undefined> = new Set([
  machineRoutes.live,
  machineRoutes.ready,
  monitoringRoutes.readMetrics,
])

/** Counts, measures and traces the requests of a listener. */
export function observeRequests(app: FastifyInstance, listener: Listener, metrics: Metrics): void {
  const spans = new WeakMap<FastifyRequest, OpenSpan>()
  app.addHook('onRequest', (request, _reply, done) => {
    const { contract } = request.routeOptions.config
    if (untraced.has(contract)) return done()
    const span = openSpan({
      name: `${request.method} ${routeOf(request)}`,
      kind: 'server',
      attributes: attributesOf(request),
      // Only the backend of the merchant may continue a trace of its own: anybody reaches the other listener.
      ...(contract?.access === 'merchant' ? { causedBy: traceparentOf(request) } : {}),
    })
    if (span === undefined) return done()
    spans.set(request, span)
    span.run(done)
  })
  app.addHook('onResponse', async (request, reply) => {
    const { statusCode } = reply
    const route = routeOf(request)
    // The method of what no route serves is whatever the caller sent.
    const method = route === UNMATCHED ? 'any' : request.method
    metrics.requests.inc({ listener, method, route, status: statusCode })
    if (!isLongPoll(request))
      metrics.requestSeconds.observe({ listener, method, route }, reply.elapsedTime / 1000)
    const span = spans.get(request)
    span?.set({ 'http.response.status_code': statusCode })
    if (statusCode >= 500) span?.fail()
    span?.end()
  })
}

const UNMATCHED = 'unmatched'

/** The path of the route with the names of its parameters, never the path that was asked for. */
function routeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.config.contract?.path ?? routeOptions.url ?? UNMATCHED
}

/** The id that problems and the log have, and the one that a phone repeats with each try of the same request. */
function attributesOf(request: FastifyRequest): Record<string, string> {
  const key = request.headers['idempotency-key']
  return {
    'http.request.method': request.method,
    'http.route': routeOf(request),
    'tael.request_id': request.id,
    ...(typeof key === 'string' && key.length <= 64 ? { 'tael.idempotency_key': key } : {}),
  }
}

function traceparentOf({ headers }: FastifyRequest): string | undefined {
  const { traceparent } = headers
  return typeof traceparent === 'string' ? traceparent : undefined
}

/** Whether a request waits for a payment to change. */
function isLongPoll({ routeOptions, url }: FastifyRequest): boolean {
  return routeOptions.config.contract === shopperRoutes.getPayment && /[?&]waitMs=[1-9]/.test(url)
}
