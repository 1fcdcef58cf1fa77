import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { problems } from '@tael/contracts'
import { isUnavailable } from '../db/availability.ts'
import { HttpProblem } from './problem.ts'
import { mayAnswer } from './routing.ts'

/** Turns everything that can go wrong with a request into problem+json, in one place. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | Error, request, reply) => {
    const problem = toHttpProblem(error)
    const { status } = problems[problem.code]
    const route = request.routeOptions.config.contract
    if (route !== undefined && !mayAnswer(route, problem.code)) {
      request.log.error(
        { code: problem.code, route: route.path },
        'a problem that the contract does not list',
      )
    }
    if (status >= 500)
      request.log.error({ err: problem.cause ?? error, code: problem.code }, 'request failed')
    else request.log.info({ code: problem.code, detail: problem.message }, 'request refused')
    return sendProblem(request, reply, problem)
  })
  // The limit covers routes alone: a search for valid paths is limited here.
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) => {
    const detail = `${request.method} ${request.url.split('?')[0] ?? ''} is not a route of this server.`
    return sendProblem(request, reply, new HttpProblem('route_not_found', detail))
  })
}

/** Answers what Fastify itself refuses before it knows the route, such as a path that cannot be decoded. */
export function answerFrameworkError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  void sendProblem(request, reply, toHttpProblem(error))
}

/** Answers bytes that are no HTTP, or more headers than Node reads: there is no request yet, only a connection. */
export function answerClientError(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const problem = new HttpProblem('validation_failed', `The request could not be read: ${error.message}.`)
  const body = JSON.stringify(problem.toProblem(randomUUID()))
  const head = [
    'HTTP/1.1 400 Bad Request',
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.destroySoon()
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: HttpProblem): FastifyReply {
  const { retryAfterSeconds } = problem.extras
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds))
  return reply
    .code(problems[problem.code].status)
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem.toProblem(request.id))
}

function toHttpProblem(error: FastifyError | Error): HttpProblem {
  if (error instanceof HttpProblem) return error
  const code = 'code' in error ? error.code : ''
  if ('validation' in error && error.validation !== undefined) {
    const where = error.validationContext ?? 'request'
    const errors = error.validation.map(({ instancePath, message = 'is wrong', params }) => ({
      path: where + instancePath,
      message: describe(message, params),
    }))
    const first = errors
      .map(({ path, message }) => `${path} ${message}`)
      .slice(0, 3)
      .join('; ')
    return new HttpProblem('validation_failed', `Correct the request and send it again: ${first}.`, {
      errors,
    })
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new HttpProblem('payload_too_large', 'Send a smaller body.')
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new HttpProblem('unsupported_media_type', 'Send the body as application/json.')
  }
  if (isUnavailable(error)) {
    const detail = 'The database does not answer. Send the same request again in a moment.'
    return new HttpProblem('not_ready', detail, { retryAfterSeconds: 1 }, { cause: error })
  }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  if (status >= 400 && status < 500) {
    // Fastify's other refusals: an empty or malformed JSON body, a broken URL. Their words hold nothing of ours.
    return new HttpProblem('validation_failed', `The request could not be read: ${error.message}`)
  }
  return new HttpProblem(
    'internal_error',
    'This is our fault and was logged. A payment in progress is not lost: look at its state before paying again.',
    {},
    { cause: error },
  )
}

/** Ajv's message, with what it leaves out: which property is too much, which values are allowed. */
function describe(message: string, params: Record<string, unknown>): string {
  const { additionalProperty, allowedValue } = params
  if (typeof additionalProperty === 'string') return `${message} (${additionalProperty.slice(0, 64)})`
  return typeof allowedValue === 'string' ? `${message} (${allowedValue})` : message
}
