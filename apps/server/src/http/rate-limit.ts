import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { HttpProblem } from './problem.ts'

/** Requests from one address in a minute, all routes and unknown paths together: stops floods only. */
const REQUESTS_PER_MINUTE = 1200

/**
 * Limits each address. Adyen is never limited: refusing an authentic webhook would block the queue behind it, and
 * a forged one costs no more than its HMAC.
 */
export async function limitRequests(app: FastifyInstance): Promise<void> {
  await app.register(rateLimit, {
    global: true,
    max: REQUESTS_PER_MINUTE,
    timeWindow: '1 minute',
    allowList: (request) => request.routeOptions.config.contract?.access === 'adyen',
    errorResponseBuilder: (_request, { ttl }) => {
      const retryAfterSeconds = Math.max(1, Math.ceil(ttl / 1000))
      return new HttpProblem('rate_limited', `Wait ${retryAfterSeconds} s and send it again.`, {
        retryAfterSeconds,
      })
    },
  })
}
