import type { FastifyInstance } from 'fastify'

/**
 * Lets a server that stops finish what it has begun and then hang up: an answer given while closing tells its client
 * not to keep the connection, which would hold the server open until it times out.
 */
export function hangUpWhenClosing(app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', async (_request, reply, payload) => {
    if (closing) void reply.header('connection', 'close')
    return payload
  })
}
