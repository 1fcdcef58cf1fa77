import path from 'node:path'
import { buildApp } from './app.ts'
import { type Config, ConfigError, readConfig } from './config.ts'

const config = configOrExit()
const app = await buildApp(config, path.join(import.meta.dirname, '../dist'))
const listening = await app.listen({ host: '127.0.0.1', port: config.port })
process.stdout.write(`${JSON.stringify({ listening })}\n`)

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void app.close())

function configOrExit(): Config {
  try {
    return readConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}
