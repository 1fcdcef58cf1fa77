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

const policy = (styles: string, pictures: string, scripts: string): string =>
  [
    "default-src 'none'",
    `script-src ${scripts}`,
    `style-src ${styles}`,
    `img-src ${pictures}`,
    "connect-src 'self'",
    "frame-src 'self'",
    "frame-ancestors 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

/** The policy of each folder of pages; `''` is the playground's own. */
const policies: Readonly<Record<string, string>> = {
  '': policy("'self'", "'self' data:", "'self'"),
  // Inline styles are for the style attributes of WXML, and a Mini Program may show pictures of other sites.
  phone: policy("'self' 'unsafe-inline'", "'self' data: https:", "'self'"),
  // VitePress writes the theme's script and the colours of code into each page, and the search's tokenizer as text.
  docs: policy("'self' 'unsafe-inline'", "'self' data:", "'self' 'unsafe-inline' 'unsafe-eval'"),
}

/** A long poll may send its headers after 25 s, and the stream of the call log never ends. */
const undici = { headersTimeout: 60_000, bodyTimeout: 0 }

/** The folders of the built pages. */
export interface Pages {
  /** The playground's own page. */
  readonly dist: string
  /** The phone's page, by default of Tael's Mini Program. */
  readonly phone?: string | undefined
  /** The documentation. */
  readonly docs: string
}

/** Serves the built pages and the playground's configuration, and proxies the server and the simulator. */
export async function buildApp(
  config: Config,
  { dist, phone = path.join(dist, 'phone'), docs }: Pages,
): Promise<FastifyInstance> {
  // An open stream of the call log would otherwise keep the process running.
  const app = fastify({ forceCloseConnections: true })

  app.addHook('onRequest', async (request, reply) => {
    if (!isFromThisMachine(request.headers)) {
      return reply.code(403).send({ error: 'Open the playground by its own address.' })
    }
    reply.header('x-content-type-options', 'nosniff')
    reply.header('referrer-policy', 'no-referrer')
    const [, folder = ''] = /^\/(phone|docs)\//.exec(request.url) ?? []
    reply.header('content-security-policy', policies[folder] ?? policies[''])
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
  await app.register(files, { root: docs, prefix: '/docs/', cacheControl: false, decorateReply: false })
  app.get('/docs', async (_request, reply) => reply.redirect('/docs/'))
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
