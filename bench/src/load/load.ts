import { Client } from 'undici'

/** One request of a load. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Load {
  /** The servers, which get the connections in turn. */
  readonly urls: readonly string[]
  readonly connections: number
  readonly seconds: number
  /** Sent in this order, each once, until the time or they are over. */
  readonly requests: readonly LoadRequest[]
  /** The status of every answer: any other fails the measurement. */
  readonly status: number
}

/** How a load was answered. */
export interface Answers {
  readonly count: number
  readonly perSecond: number
  /** Milliseconds: half of the answers, and 99 of a hundred, came within. */
  readonly p50: number
  readonly p99: number
}

/** Sends a load over open connections, on each one request after the other. */
export async function send({ urls, connections, seconds, requests, status }: Load): Promise<Answers> {
  const clients = Array.from(
    { length: connections },
    (_, index) => new Client(urls[index % urls.length] ?? '', { pipelining: 1, keepAliveTimeout: 60_000 }),
  )
  const waits: number[] = []
  let next = 0
  const start = performance.now()
  const end = start + seconds * 1_000
  try {
    await Promise.all(
      clients.map(async (client) => {
        while (performance.now() < end) {
          const request = requests[next]
          next += 1
          if (request === undefined) return
          const sent = performance.now()
          await answer(client, request, status)
          waits.push(performance.now() - sent)
        }
      }),
    )
  } finally {
    await Promise.all(clients.map((client) => client.destroy()))
  }
  const elapsed = (performance.now() - start) / 1_000
  waits.sort((a, b) => a - b)
  const within = (part: number): number => waits[Math.floor(waits.length * part)] ?? Number.NaN
  return { count: waits.length, perSecond: waits.length / elapsed, p50: within(0.5), p99: within(0.99) }
}

async function answer(client: Client, request: LoadRequest, status: number): Promise<void> {
  const { method, path, headers, body = null } = request
  const { statusCode, body: answered } = await client.request({ method, path, headers, body })
  if (statusCode === status) return answered.dump()
  throw new Error(`${method} ${path} was answered ${statusCode}: ${await answered.text()}`)
}
