import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startStack } from './index.ts'

/** `pnpm demo`: starts all of Tael on this machine and prints the address to open. */
// The simulator loses its payments when it stops, so the database of their orders is temporary too.
const dataDir = await mkdtemp(path.join(tmpdir(), 'tael-demo-'))
// As root, PostgreSQL runs as another user, who must be able to read its folder.
await chmod(dataDir, 0o755)
const print = (text: string): void => void process.stdout.write(`${text}\n`)

print('Starting PostgreSQL, the simulator, the server and the playground ...')
const stack = await startStack({
  server: { DATA_DIR: dataDir },
  ports: { server: 8600, operators: 8601, simulator: 8800, playground: 8700 },
})
print(`
  Open  ${stack.playground.url}

  The phone runs the Mini Program; the diagram beside it shows every call
  between it, the server, Adyen and WeChat. No money moves: Adyen and WeChat
  are simulated.

  server     ${stack.server.url}  (API description: /openapi.json)
  operators  ${stack.server.operatorsUrl}  (API description: /openapi.json)
  simulator  ${stack.simulator.url}
  database   ${dataDir}

  Ctrl-C stops everything; the next demo starts from scratch.
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
    print('Stopping ...')
    void end().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      },
    )
  })
}
