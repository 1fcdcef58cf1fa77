import { request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { createSimulator } from '../src/simulator.ts'
import { baseConfig } from './merchant.ts'

/** The status of a request whose Host and Origin a page of another site chose. */
function statusOf(url: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/simulator/ledger`, { headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

test('the simulator answers by its own address, and no page of another', async () => {
  const simulator = createSimulator(baseConfig)
  onTestFinished(() => simulator.close())
  const url = await simulator.listen({ host: '127.0.0.1', port: 0 })
  const { host, port } = new URL(url)
  const answers = [
    [{}, 200],
    [{ host: `localhost:${port}` }, 200],
    [{ host, origin: url }, 200],
    [{ host: 'attacker.example' }, 403],
    [{ host: `attacker.example:${port}` }, 403],
    [{ host: `127.0.0.1.attacker.example:${port}` }, 403],
    [{ host, origin: 'https://attacker.example' }, 403],
    [{ host, origin: 'http://127.0.0.1:1' }, 403],
    [{ host, origin: 'null' }, 403],
  ] as const
  for (const [headers, status] of answers) {
    expect([headers, await statusOf(url, headers)]).toEqual([headers, status])
  }
})
