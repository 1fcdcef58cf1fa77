import path from 'node:path'
import { configOrExit } from '@tael/config'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'

const config = configOrExit(() => readConfig(process.env))
const app = await buildApp(config, path.join(import.meta.dirname, '../dist'))
const listening = await app.listen({ host: '127.0.0.1', port: config.port }).catch(explain)
process.stdout.write(`${JSON.stringify({ listening })}\n`)

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void app.close())

/** Another program on the port is the developer's to solve, and no bug of ours. */
function explain(error: unknown): never {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error
  process.stderr.write(
    `Port ${config.port} is in use: stop what listens there, or choose another one with PORT=8701 (PORT=0 takes any).\n`,
  )
  process.exit(1)
}
