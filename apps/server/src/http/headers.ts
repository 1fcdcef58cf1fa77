import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** How long a browser calls this host only over https, in seconds: a year. */
const HTTPS_ONLY_SECONDS = 31_536_000

/** The headers of every answer: it is about one caller and one moment, and it is what its type says. */
export const protectiveHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const

/** Sets the headers that every answer has. */
export function protectAnswers(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => protectAnswer(request, reply))
}

/** Sets them on one answer. HSTS is for https only (RFC 6797), which the proxy in front reports. */
export function protectAnswer(request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers(protectiveHeaders)
  if (request.protocol === 'https')
    void reply.header('strict-transport-security', `max-age=${HTTPS_ONLY_SECONDS}`)
}
