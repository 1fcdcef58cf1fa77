import path from 'node:path'
import { buildApp } from './app.ts'
import { type Config, ConfigError, readConfig } from './config.ts'

const config = configOrExit()
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

function configOrExit(): Config {
  try {
    return readConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}
