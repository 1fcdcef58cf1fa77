import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { MerchantEvent } from '@tael/contracts'
import { Parse } from '@sinclair/typebox/value'
import type { Environment } from '@tael/stack'
import { Webhook } from 'standardwebhooks'

/** One request to the receiver. */
export interface Received {
  readonly event: MerchantEvent
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a receiver answers to an event: a status, or nothing at all. */
type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>> } | 'nothing'

/** The server of a merchant's own shop, which takes the events about its orders. */
export interface Receiver {
  /** What a server needs to deliver its events here. */
  readonly settings: Environment
  /** The secret that it knows. */
  readonly secret: string
  /** Everything that was received and had a valid signature, in the order of its arrival. */
  readonly received: readonly Received[]
  /** How many requests had none. */
  readonly forged: number
  /** Hands each request with a valid signature on to this URL from now on, and answers as that does. */
  forwardTo(url: string): void
  /** What is answered from now on. */
  answer(answer: Answer): void
  /** The received events about one order, each once, in the order of their versions. */
  eventsOf(reference: string): readonly MerchantEvent[]
  close(): Promise<void>
}

/** Opens a receiver that knows the first of these secrets, and accepts everything. */
export async function openReceiver(
  secrets: readonly string[] = [newSecret()],
  knows = secrets[0],
): Promise<Receiver> {
  const secret = knows ?? ''
  const webhook = new Webhook(secret)
  const received: Received[] = []
  let forged = 0
  let answer: Answer = { status: 204 }
  let target: string | undefined
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      )
      try {
        received.push({ event: Parse(MerchantEvent, webhook.verify(body, headers)), headers, body })
      } catch {
        forged += 1
      }
      if (target !== undefined) return response.writeHead(await forward(target, headers, body)).end()
      if (answer === 'nothing') return undefined
      return response.writeHead(answer.status, answer.headers).end('{"ignored":true}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // What `listen` gives a TCP server (nodejs.org, server.address).
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo
  return {
    settings: {
      MERCHANT_WEBHOOK_URL: `http://127.0.0.1:${port}/events`,
      MERCHANT_WEBHOOK_SECRETS: secrets.join(','),
    },
    secret,
    received,
    get forged() {
      return forged
    },
    forwardTo(url) {
      target = url
    },
    answer(next) {
      answer = next
    },
    eventsOf(reference) {
      const events = received.map(({ event }) => event).filter(({ data }) => data.reference === reference)
      const byId = new Map(events.map((event) => [event.id, event]))
      return [...byId.values()].toSorted((left, right) => left.version - right.version)
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The status that this URL answers with, or that of a proxy without an answer. */
async function forward(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<number> {
  const kept = Object.entries(headers).filter(
    ([name]) => name.startsWith('webhook-') || name === 'content-type',
  )
  const answer = await fetch(url, { method: 'POST', headers: Object.fromEntries(kept), body }).catch(
    () => undefined,
  )
  return answer?.status ?? 502
}

/** A secret as a generator makes it. */
export function newSecret(): string {
  return `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}`
}
