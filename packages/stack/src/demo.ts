import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startStack } from './index.ts'

/** `pnpm demo`: everything on this machine, and one address to open. */
// The simulator forgets its payments when it stops, so the database that knows them goes with it.
const dataDir = await mkdtemp(path.join(tmpdir(), 'tael-demo-'))
// Run as root, PostgreSQL gets a user of its own, who must be able to reach its folder.
await chmod(dataDir, 0o755)
const say = (text: string): void => void process.stdout.write(`${text}\n`)

say('Starting PostgreSQL, the simulator, the server and the playground ...')
const stack = await startStack({
  server: { DATA_DIR: dataDir },
  ports: { server: 8600, simulator: 8800, playground: 8700 },
})
say(`
  Open  ${stack.playground.url}

  The Mini Program runs in the phone; every call between it, the server,
  Adyen and WeChat is drawn beside it. No money moves: Adyen and WeChat are
  played by the simulator.

  server     ${stack.server.url}  (API description: /openapi.json)
  simulator  ${stack.simulator.url}
  database   ${dataDir}

  Ctrl-C stops all of it; the next demo starts anew.
`)

async function end(): Promise<void> {
  await stack.stop()
  await rm(dataDir, { recursive: true, force: true })
}

let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return
    stopping = true
    say('Stopping ...')
    void end().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      },
    )
  })
}
