import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { machineRoutes } from '@tael/contracts'
import { freePort, serverEnvironment } from '@tael/stack'
import { expect } from 'vitest'
import { callTo } from './actors/index.ts'
import { test } from './fixtures.ts'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
/** Each logs some hundred bytes: together far more than the pipe and the server keep. */
const REQUESTS = 400
const AT_ONCE = 20

test('a server whose log nobody reads answers all the same', async ({ shop }) => {
  const [PORT, OPERATOR_PORT] = [String(await freePort()), String(await freePort())]
  const environment = serverEnvironment(shop.simulator.url, {
    DATABASE_URL: shop.database.url,
    LOG_LEVEL: 'trace',
    PORT,
    OPERATOR_PORT,
  })
  const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  try {
    const ready = () => callTo({ url: `http://127.0.0.1:${PORT}` })(machineRoutes.ready, {})
    await expect.poll(() => ready().catch(String)).toMatchObject({ status: 'ready' })
    for (let sent = 0; sent < REQUESTS; sent += AT_ONCE) {
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, ready))
      expect(answers).toHaveLength(AT_ONCE)
    }
  } finally {
    child.kill('SIGKILL')
    await exited
  }
})
