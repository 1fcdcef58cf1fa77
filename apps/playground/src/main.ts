import path from 'node:path'
import { configOrExit } from '@tael/config'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'

const config = configOrExit(() => readConfig(process.env))
const app = await buildApp(config, path.join(import.meta.dirname, '../dist'))
const listening = await app.listen({ host: '127.0.0.1', port: config.port }).catch(exitOnPortInUse)
process.stdout.write(`${JSON.stringify({ listening })}\n`)

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void app.close())

/** Explains a port that is in use; any other error is a bug. */
function exitOnPortInUse(error: unknown): never {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error
  process.stderr.write(
    `Port ${config.port} is in use. Stop the program on it, or set PORT to another (0 takes any free one).\n`,
  )
  process.exit(1)
}
