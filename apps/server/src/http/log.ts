import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyInstance } from 'fastify'
import type { KyselyConfig } from 'kysely'
import { pino, type Logger } from 'pino'
import type { Config } from '../config.ts'

/**
 * The log: one JSON object a line on stdout. A request is logged by its method, its path and its answer, never by its
 * headers, body or query; what a logged object must not show is cut out by name all the same.
 */
export function createLog(level: Config['logLevel']): Logger {
  const secret = [
    'authorization',
    'openid',
    'session_key',
    'access_token',
    'token',
    'paymentData',
    'payment_data',
    'apiKey',
    'appSecret',
  ]
  return pino({
    level,
    redact: { paths: secret.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' },
    serializers: {
      req: ({ method, url }: { method: string; url: string }) => ({ method, path: url.split('?')[0] }),
      err: describeError,
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  })
}

/**
 * An error without what PostgreSQL adds to it: `detail` and `where` can hold whole rows. Names, codes and stacks tell
 * where it broke.
 */
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

/** Lets what is logged far below a request, such as its SQL, name that request. */
export function nameRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => requestIds.run(request.id, done))
}

/** Logs every SQL statement, without its values, at level trace, and every failed one at level debug. */
export function logStatements(log: Logger): NonNullable<KyselyConfig['log']> {
  return (event) => {
    const { query, queryDurationMillis } = event
    const entry = { reqId: requestIds.getStore(), sql: query.sql, ms: Math.round(queryDurationMillis) }
    if (event.level === 'error') log.debug({ ...entry, err: event.error }, 'statement failed')
    else log.trace(entry, 'statement')
  }
}
