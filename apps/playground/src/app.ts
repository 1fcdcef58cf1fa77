import proxy from '@fastify/http-proxy'
import files from '@fastify/static'
import fastify, { type FastifyInstance } from 'fastify'
import type { Config } from './config.ts'

/** Where a Mini Program built for development finds its server; in the playground `/api` stands for it. */
const DEVELOPMENT_ORIGIN = 'http://127.0.0.1:8600'

const policy = (styles: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'self'",
    "frame-ancestors 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

/** Serves the built page, its configuration, and the way to the merchant server and the simulator. */
export async function buildApp(config: Config, dist: string): Promise<FastifyInstance> {
  // A live stream of messages would otherwise keep the process from ending.
  const app = fastify({ forceCloseConnections: true })

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
    reply.header('referrer-policy', 'no-referrer')
    // WXML may hold style attributes, so the phone's page alone may have inline styles.
    const styles = request.url.startsWith('/phone/') ? "'self' 'unsafe-inline'" : "'self'"
    reply.header('content-security-policy', policy(styles))
  })
  app.get('/config.json', async () => ({
    appId: config.wechatAppId,
    domains: { [DEVELOPMENT_ORIGIN]: '/api', [new URL(config.serverUrl).origin]: '/api' },
  }))

  // A payment's long poll takes up to 25 s before its headers come; the message stream never ends.
  const undici = { headersTimeout: 60_000, bodyTimeout: 0 }
  await app.register(proxy, { upstream: config.serverUrl, prefix: '/api', rewritePrefix: '/', undici })
  await app.register(proxy, {
    upstream: config.simulatorUrl,
    prefix: '/simulator',
    rewritePrefix: '/simulator',
    undici,
    replyOptions: {
      // A stream of messages is open before its first message, which may be long in coming.
      onResponse: (_request, reply, response) => {
        reply.send('stream' in response ? response.stream : response)
        if ('flushHeaders' in reply.raw) reply.raw.flushHeaders()
      },
    },
  })
  await app.register(files, { root: dist, cacheControl: false })
  return app
}
