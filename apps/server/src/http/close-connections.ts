import type { FastifyInstance } from 'fastify'

/**
 * While the server stops, each answer asks its client to close the connection: an idle connection
 * would hold the server open until it times out.
 */
export function closeConnectionsOnStop(app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', async (_request, reply, payload) => {
    if (closing) void reply.header('connection', 'close')
    return payload
  })
}
