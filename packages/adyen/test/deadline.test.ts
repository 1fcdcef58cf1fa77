import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { type CheckoutClient, createCheckoutClient } from '../src/index.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** An Adyen that receives every try and answers it like this, and a client with these limits. */
async function adyenThat(
  answer: (response: ServerResponse) => void,
  limits: { readonly deadlineMs: number; readonly tryTimeoutMs: number },
): Promise<{
  readonly cancel: () => ReturnType<CheckoutClient['technicalCancel']>
  readonly tries: () => number
}> {
  let tries = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      tries += 1
      answer(response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const baseUrl = `http://127.0.0.1:${address.port}/v72`
  const client = createCheckoutClient({ baseUrl, apiKey: 'the-api-key', ...limits })
  closers.push(async () => {
    server.closeAllConnections()
    server.close()
    await client.close()
  })
  const body = { merchantAccount: 'Acme', paymentReference: 'pay_1' }
  return { cancel: () => client.technicalCancel(body, 'key-1'), tries: () => tries }
}

const silence = (): void => {}
const headersOnly = (response: ServerResponse): void => {
  response.writeHead(201, { 'content-type': 'application/json' }).write('{"status":')
}
const busy = (response: ServerResponse): void => {
  response.writeHead(503).end()
}
/** Far longer than a test may take. */
const FOR_EVER = 3_600_000

test.each([
  ['no answer', silence],
  ['an answer that never ends', headersOnly],
])('%s ends a call with its deadline, however long a try may take', async (_, answer) => {
  const { cancel, tries } = await adyenThat(answer, { deadlineMs: 500, tryTimeoutMs: FOR_EVER })
  expect(await cancel()).toMatchObject({ kind: 'unknown' })
  expect(tries()).toBeLessThanOrEqual(1)
})

test.each([
  ['no answer', silence],
  ['an answer that never ends', headersOnly],
])('%s ends a try with its own limit, and the next one begins', async (_, answer) => {
  const { cancel, tries } = await adyenThat(answer, { deadlineMs: FOR_EVER, tryTimeoutMs: 300 })
  expect(await cancel()).toMatchObject({ kind: 'unknown' })
  expect(tries()).toBeGreaterThan(1)
})

test('no try begins after the deadline', async () => {
  const { cancel, tries } = await adyenThat(busy, { deadlineMs: 120, tryTimeoutMs: 100 })
  expect(await cancel()).toMatchObject({ kind: 'unknown' })
  // The pause before the second try is longer than what is left.
  expect(tries()).toBeLessThanOrEqual(1)
})
