// First, so that it holds while the others load.
// oxlint-disable-next-line import/no-unassigned-import
import './young-generation.ts'
import closeWithGrace from 'close-with-grace'
import { ConfigError } from './config.ts'
import { DatabaseUnavailableError } from './db/availability.ts'
import { startServer } from './server.ts'

/** The bound on a stop, once drained: after it the process exits even if work is still running. */
const STOP_MS = 20_000

/** The process of the server. */
try {
  const { log, drainMs, drain, stop } = await startServer(process.env)
  closeWithGrace({ delay: drainMs + STOP_MS, logger: log }, async ({ err }) => {
    if (err === undefined) await drain()
    else log.fatal({ err }, 'stopping after an error')
    await stop()
  })
} catch (error) {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\nSee .env.example.\n`)
    process.exit(78)
  }
  if (!(error instanceof DatabaseUnavailableError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(69)
}
