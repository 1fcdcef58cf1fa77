import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyInstance } from 'fastify'
import type { KyselyConfig } from 'kysely'
import { type DestinationStream, pino, type Logger } from 'pino'
import type { Config } from '../config.ts'

/** How much of the log is kept while nobody reads it. What is logged beyond is lost. */
const UNREAD_BYTES_MAX = 8 * 1024 * 1024

/** Stdout, written in the background: where nobody reads it no request waits. */
const stdout = (): DestinationStream => pino.destination({ fd: 1, sync: false, maxLength: UNREAD_BYTES_MAX })

/**
 * Creates the log: JSON lines to `output`, stdout by default. Of a request it shows the method, the path and the status,
 * never the headers, body or query. Secrets and addresses in any logged object are also redacted by
 * name.
 */
export function createLog(level: Config['logLevel'], output: DestinationStream = stdout()): Logger {
  const secret = [
    'authorization',
    'openid',
    'session_key',
    'access_token',
    'token',
    'payToken',
    'paymentData',
    'payment_data',
    'apiKey',
    'appSecret',
    'deliverTo',
    'deliver_to',
  ]
  return pino(
    {
      level,
      redact: { paths: secret.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' },
      serializers: {
        req: ({ method, url }: { method: string; url: string }) => ({ method, path: url.split('?')[0] }),
        err: describeError,
        res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      },
    },
    output,
  )
}

/** An error without PostgreSQL's `detail` and `where`, which can hold whole rows. */
function describeError(error: Error): object {
  const { name, message, stack, cause } = error
  const code = 'code' in error ? { code: error.code } : {}
  const constraint = 'constraint' in error ? { constraint: error.constraint } : {}
  return {
    name,
    message,
    ...code,
    ...constraint,
    stack,
    ...(cause instanceof Error ? { cause: describeError(cause) } : {}),
  }
}

const requestIds = new AsyncLocalStorage<string>()

/** Makes the request's id available to `logStatements`. */
export function trackRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => requestIds.run(request.id, done))
}

/** Logs every SQL statement, without its values: at level trace, or at level debug if it failed. */
export function logStatements(log: Logger): NonNullable<KyselyConfig['log']> {
  return (event) => {
    const { query, queryDurationMillis } = event
    const entry = { reqId: requestIds.getStore(), sql: query.sql, ms: Math.round(queryDurationMillis) }
    if (event.level === 'error') log.debug({ ...entry, err: event.error }, 'statement failed')
    else log.trace(entry, 'statement')
  }
}
