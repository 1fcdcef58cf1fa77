import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** What a program answers: a status and a JSON body. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface Call {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/**
 * Serves HTTP with node:http alone and prints the address, as the server does. A request that fails is answered 500: then
 * its measurement fails.
 */
export function listen(answer: (call: Call) => Promise<Answer> | Answer): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const call = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      }
      void respond(response, answerSafely(answer, call))
    })
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('It listens on no port.')
    process.stdout.write(`${JSON.stringify({ listening: `http://127.0.0.1:${address.port}` })}\n`)
  })
}

async function respond(response: ServerResponse, answer: Promise<Answer>): Promise<void> {
  const { status, body } = await answer
  const text = JSON.stringify(body)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, headers).end(text)
}

async function answerSafely(answer: (call: Call) => Promise<Answer> | Answer, call: Call): Promise<Answer> {
  try {
    return await answer(call)
  } catch (error) {
    return { status: 500, body: String(error) }
  }
}
