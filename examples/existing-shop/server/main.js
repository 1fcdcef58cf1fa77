import { createApp } from './app.js'
import { openDatabase } from './database.js'
import { createTael } from './tael.js'

/** An environment variable that must be set. */
function required(name) {
  const value = process.env[name]
  if (value === undefined || value === '') {
    process.stderr.write(`${name} is missing.\n`)
    process.exit(1)
  }
  return value
}

const database = openDatabase(process.env.DATABASE ?? 'shop.db')
const tael = createTael({ url: required('TAEL_URL'), key: required('TAEL_KEY') })
const secrets = required('TAEL_EVENT_SECRETS').split(',')
const server = createApp({ database, tael, secrets }).listen(
  Number(process.env.PORT ?? 8650),
  '127.0.0.1',
  () => {
    process.stdout.write(`${JSON.stringify({ listening: `http://127.0.0.1:${server.address().port}` })}\n`)
  },
)

for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => {
    server.close(() => database.close())
    server.closeAllConnections()
  })
