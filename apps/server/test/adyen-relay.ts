import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'

const Members = Type.Record(Type.String(), Type.Unknown())
/** A JSON object by its members. */
export type Members = Type.Static<typeof Members>

/** The members of what must be a JSON object. */
export function membersOf(value: unknown): Members {
  return Parse(Members, value)
}

/** Adyen's answer to a call: its HTTP status and its JSON. */
export interface Answer {
  readonly status: number
  readonly body: Members
}

/** The last part of a call's path. */
export type Path = '/payments' | '/payments/details' | '/refunds' | '/cancels'

/** Answers a call: `ask` passes it on to Adyen and returns what Adyen answered. */
export type Answering = (ask: () => Promise<Answer>, sent: Members) => Promise<Answer>

/** Between a server and Adyen: passes every call on, and answers for Adyen where a test says so. */
export class AdyenRelay {
  /** The simulator's address; known once it has started, after the server got ours. */
  adyenUrl = ''
  readonly #server = createServer((request, response) => {
    // What cuts us off cuts the server off too.
    this.#pass(request, response).catch(() => request.socket.destroy())
  })
  readonly #answerings = new Map<Path, Answering>()

  /** Listens, and returns its own address. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The relay has no port.')
    return `http://127.0.0.1:${address.port}`
  }

  /** Runs the action while the calls of one path are answered like this. */
  async answering<T>(path: Path, answering: Answering, action: () => Promise<T>): Promise<T> {
    this.#answerings.set(path, answering)
    try {
      return await action()
    } finally {
      this.#answerings.delete(path)
    }
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', headers } = request
    const sent = membersOf(await json(request))
    const ask = async (): Promise<Answer> => {
      const answer = await fetch(this.adyenUrl + url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-api-key': String(headers['x-api-key']),
          'idempotency-key': String(headers['idempotency-key']),
        },
        body: JSON.stringify(sent),
      })
      return { status: answer.status, body: membersOf(await answer.json()) }
    }
    const [, answering = ask] = [...this.#answerings].find(([path]) => isOf(path, url)) ?? []
    const { status, body } = await answering(ask, sent)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
}

/** A refund's path names the payment in its middle. */
function isOf(path: Path, url: string): boolean {
  return path === '/refunds' ? url.endsWith(path) : url === `/v72${path}`
}
