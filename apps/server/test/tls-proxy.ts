import { request } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import { once } from 'node:events'

/** What a proxy in front of a server does wrong. */
export interface ProxyFaults {
  /** Does not say that the request came by https. */
  readonly hidesProtocol?: boolean
  readonly dropsAuthorization?: boolean
  /** Passes requests that are not of the webhook to this server. */
  readonly operatorsUrl?: string
  /** Answers everything by itself, with this status. */
  readonly answers?: number
}

/** A proxy that ends TLS, as a merchant puts one in front of the server. */
export interface TlsProxy {
  readonly url: string
  stop(): Promise<void>
}

export async function startTlsProxy(
  serverUrl: string,
  tls: ServerOptions,
  faults: ProxyFaults = {},
): Promise<TlsProxy> {
  const proxy = createServer(tls, (incoming, answer) => {
    if (faults.answers !== undefined) {
      incoming.resume()
      answer.writeHead(faults.answers, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>')
      return
    }
    const { authorization, ...headers } = incoming.headers
    const isWebhook = incoming.url?.startsWith('/webhooks/') === true
    const target = new URL(incoming.url ?? '/', isWebhook ? serverUrl : (faults.operatorsUrl ?? serverUrl))
    const passed = request(target, {
      method: incoming.method,
      headers: {
        ...headers,
        ...(authorization === undefined || faults.dropsAuthorization === true ? {} : { authorization }),
        ...(faults.hidesProtocol === true ? {} : { 'x-forwarded-proto': 'https' }),
        'x-forwarded-for': incoming.socket.remoteAddress ?? '',
      },
    })
    passed.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
    })
    passed.on('error', () => answer.writeHead(502).end())
    incoming.pipe(passed)
  })
  // A client that refuses the certificate hangs up.
  proxy.on('tlsClientError', () => undefined)
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  return {
    url: `https://localhost:${address.port}`,
    async stop() {
      proxy.closeAllConnections()
      await new Promise((resolve) => {
        proxy.close(resolve)
      })
    },
  }
}
