import type { FastifyInstance } from 'fastify'

/**
 * While the server drains or stops, each answer asks its client to close the connection: a proxy then
 * has none left on which a request could meet the end, and an idle one would hold the server open.
 */
export function closeConnectionsOnStop(app: FastifyInstance, isDraining: () => boolean): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', async (_request, reply, payload) => {
    if (closing || isDraining()) void reply.header('connection', 'close')
    return payload
  })
}
