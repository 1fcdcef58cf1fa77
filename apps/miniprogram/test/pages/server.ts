import { createServer, type Server } from 'node:http'
import type { Order, Payment, Product, WireAnswer } from '@tael/contracts'

/** A merchant server over real HTTP, whose answers each test sets by method and path. */
export interface ShopServer {
  readonly url: string
  /** Requests in order: `GET /products`. */
  readonly calls: string[]
  /** The JSON of those that had a body. */
  readonly bodies: unknown[]
  /** The queries of those that had one. */
  readonly queries: string[]
  /** By `GET /orders/ord_1`, without the query. Any other request is answered 404. */
  readonly answers: Map<string, WireAnswer | (() => WireAnswer)>
  close(): void
}

export function ok(body: Order | Payment | object, status = 200): WireAnswer {
  return { status, body }
}

export async function openServer(): Promise<ShopServer> {
  const calls: string[] = []
  const bodies: unknown[] = []
  const queries: string[] = []
  const answers: ShopServer['answers'] = new Map()
  const server = createServer((request, response) => {
    const call = `${request.method} ${(request.url ?? '').replace(/\?.*/, '')}`
    calls.push(call)
    const query = (request.url ?? '').split('?')[1]
    if (query !== undefined) queries.push(query)
    const answer = answers.get(call) ?? { status: 404, body: {} }
    const { status, body } = typeof answer === 'function' ? answer() : answer
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const sent = Buffer.concat(chunks).toString()
      if (sent !== '') bodies.push(JSON.parse(sent))
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    calls,
    bodies,
    queries,
    answers,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.')
  return address.port
}

/** Answers as a shop with these products, in which login works and nothing was ordered yet. */
export function answerShop(server: ShopServer, products: readonly Product[]): void {
  server.answers.set('GET /products', ok({ products }))
  server.answers.set('POST /login', ok({ token: 't'.repeat(43), expiresAt: '2030-01-01T00:00:00.000Z' }, 201))
  server.answers.set('GET /orders', ok({ orders: [], next: null }))
}
