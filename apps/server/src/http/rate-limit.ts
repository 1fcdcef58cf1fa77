import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { HttpProblem } from './problem.ts'

/** Requests from one address in a minute, over all routes and unknown paths: stops only floods. */
const REQUESTS_PER_MINUTE = 1200

/**
 * Limits the requests of each address, except Adyen's: refusing an authentic webhook would block
 * Adyen's queue, and a forged one costs no more than its HMAC.
 */
export async function limitRequests(app: FastifyInstance): Promise<void> {
  await app.register(rateLimit, {
    global: true,
    max: REQUESTS_PER_MINUTE,
    timeWindow: '1 minute',
    allowList: (request) => request.routeOptions.config.contract?.access === 'adyen',
    errorResponseBuilder: (_request, { ttl }) => {
      const retryAfterSeconds = Math.max(1, Math.ceil(ttl / 1000))
      return new HttpProblem('rate_limited', `Wait ${retryAfterSeconds} s and send the request again.`, {
        retryAfterSeconds,
      })
    },
  })
}
