import path from 'node:path'
import proxy from '@fastify/http-proxy'
import files from '@fastify/static'
import { isFromThisMachine } from '@tael/config'
import fastify, { type FastifyInstance } from 'fastify'
import type { Config } from './config.ts'

/** The server of a Mini Program built for development, which the playground serves under `/api`. */
const DEVELOPMENT_ORIGIN = 'http://127.0.0.1:8600'
/** The simulator of one that plays the cashier itself, under `/wechat`. */
const DEVELOPMENT_SIMULATOR = 'http://127.0.0.1:8800'

const policy = (styles: string, pictures: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    `img-src ${pictures}`,
    "connect-src 'self'",
    "frame-src 'self'",
    "frame-ancestors 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

/** A long poll may send its headers after 25 s, and the stream of the call log never ends. */
const undici = { headersTimeout: 60_000, bodyTimeout: 0 }

/**
 * Serves the built page and its configuration, and proxies the server and the simulator. `phone` is
 * the folder of the phone's page, of Tael's Mini Program by default.
 */
export async function buildApp(
  config: Config,
  dist: string,
  phone = path.join(dist, 'phone'),
): Promise<FastifyInstance> {
  // An open stream of the call log would otherwise keep the process running.
  const app = fastify({ forceCloseConnections: true })

  app.addHook('onRequest', async (request, reply) => {
    if (!isFromThisMachine(request.headers)) {
      return reply.code(403).send({ error: 'Open the playground by its own address.' })
    }
    reply.header('x-content-type-options', 'nosniff')
    reply.header('referrer-policy', 'no-referrer')
    // Only the phone's page may have inline styles, for the style attributes of WXML, and pictures
    // from other sites, as a Mini Program may.
    const [styles, pictures] = request.url.startsWith('/phone/')
      ? ["'self' 'unsafe-inline'", "'self' data: https:"]
      : ["'self'", "'self' data:"]
    reply.header('content-security-policy', policy(styles, pictures))
  })
  app.get('/config.json', async () => ({
    appId: config.wechatAppId,
    serverUrl: config.serverUrl,
    simulatorUrl: config.simulatorUrl,
    /** Whether the page can play the merchant. The key stays here. */
    operators: config.operators !== undefined,
    /** The operators' web page, where each order can be looked at. */
    consoleUrl: config.operators && `${config.operators.url}/console`,
    domains: {
      [DEVELOPMENT_ORIGIN]: '/api',
      [new URL(config.serverUrl).origin]: '/api',
      [DEVELOPMENT_SIMULATOR]: '/wechat',
      [new URL(config.simulatorUrl).origin]: '/wechat',
      ...(config.shop === undefined ? {} : { [config.shop.origin]: '/shop' }),
    },
    shopName: config.shop?.name,
    shopUrl: config.shop?.url,
  }))

  await app.register(proxy, { upstream: config.serverUrl, prefix: '/api', rewritePrefix: '/', undici })
  await serveSimulator(app, config.simulatorUrl)
  if (config.operators !== undefined) {
    const { url, key } = config.operators
    await app.register(proxy, {
      upstream: url,
      prefix: '/ops',
      rewritePrefix: '/ops',
      undici,
      replyOptions: {
        rewriteRequestHeaders: (_request, { origin: _origin, cookie: _cookie, ...others }) => ({
          ...others,
          authorization: `Bearer ${key}`,
        }),
      },
    })
  }
  if (config.shop !== undefined)
    await app.register(proxy, { upstream: config.shop.url, prefix: '/shop', rewritePrefix: '/' })
  await app.register(files, { root: phone, prefix: '/phone/', cacheControl: false, decorateReply: false })
  await app.register(files, { root: dist, cacheControl: false })
  return app
}

/** Proxies the simulator for the page, and for a Mini Program that plays WeChat by it. */
async function serveSimulator(app: FastifyInstance, url: string): Promise<void> {
  for (const prefix of ['/simulator', '/wechat/simulator']) {
    await app.register(proxy, {
      upstream: url,
      prefix,
      rewritePrefix: '/simulator',
      undici,
      replyOptions: {
        // The simulator answers no page but its own; who asks was checked here.
        rewriteRequestHeaders: (_request, headers) => {
          const { origin: _, ...others } = headers
          return others
        },
        // Opens the stream before its first entry, which may take long.
        onResponse: (_request, reply, response) => {
          reply.send('stream' in response ? response.stream : response)
          if ('flushHeaders' in reply.raw) reply.raw.flushHeaders()
        },
      },
    })
  }
}
