import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { mediaTypeOf, type ProblemCode, problems } from '@tael/contracts'
import { DatabaseUnavailableError } from '../db/availability.ts'
import { callerAddress } from './caller-address.ts'
import { protectAnswer, protectiveHeaders } from './headers.ts'
import { HttpProblem } from './problem.ts'
import type { RequestLimits } from './request-limits.ts'
import { mayAnswer } from './routing.ts'

/** Answers every error of a request as problem+json. */
export function answerProblems(app: FastifyInstance, limits: RequestLimits): void {
  app.setErrorHandler((error: FastifyError | Error, request, reply) => {
    const problem = toHttpProblem(error, request)
    const { status } = problems[problem.code]
    const route = request.routeOptions.config.contract
    if (route !== undefined && !mayAnswer(route, problem.code)) {
      request.log.error({ code: problem.code, route: route.path }, 'the contract does not list this problem')
    }
    if (status >= 500 && !problem.expected)
      request.log.error({ err: problem.cause ?? error, code: problem.code }, 'request failed')
    else request.log.info({ code: problem.code, detail: problem.message }, 'request refused')
    return sendProblem(request, reply, problem)
  })
  app.setNotFoundHandler((request, reply) => {
    // A search for valid paths is limited too.
    limits.count('refused', callerAddress(request))
    const detail = `Check the path: ${request.method} ${request.url.split('?')[0] ?? ''} is not a route of this server.`
    return sendProblem(request, reply, new HttpProblem('route_not_found', detail))
  })
}

/**
 * Answers what Fastify refuses before it knows the route, such as a path that cannot be decoded.
 */
export function answerFrameworkError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  protectAnswer(request, reply)
  void sendProblem(request, reply, toHttpProblem(error, request))
}

/** Answers bytes that Node cannot parse as a request: at this point there is only a connection. */
export function answerClientError(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const problem = new HttpProblem('validation_failed', `Send a valid HTTP request: ${error.message}.`)
  const body = JSON.stringify(problem.toProblem(randomUUID()))
  const head = [
    'HTTP/1.1 400 Bad Request',
    'content-type: application/problem+json',
    ...Object.entries(protectiveHeaders).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.destroySoon()
}

const answered = new WeakMap<FastifyRequest, ProblemCode>()

/** The problem that a request was answered with, if any. */
export function answeredProblem(request: FastifyRequest): ProblemCode | undefined {
  return answered.get(request)
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: HttpProblem): FastifyReply {
  answered.set(request, problem.code)
  const { retryAfterSeconds } = problem.extras
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds))
  return reply
    .code(problems[problem.code].status)
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem.toProblem(request.id))
}

function toHttpProblem(error: FastifyError | Error, { routeOptions }: FastifyRequest): HttpProblem {
  if (error instanceof HttpProblem) return error
  const code = 'code' in error ? error.code : ''
  if ('validation' in error && error.validation !== undefined) {
    const where = error.validationContext ?? 'request'
    const errors = error.validation.map(({ instancePath, message = 'is invalid', params }) => ({
      path: where + instancePath,
      message: describeViolation(message, params),
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
    const { contract } = routeOptions.config
    const type = contract === undefined ? 'application/json' : mediaTypeOf(contract)
    return new HttpProblem('unsupported_media_type', `Send the body as ${type}.`)
  }
  if (error instanceof DatabaseUnavailableError) {
    const detail = 'Send the same request again in a moment: the database does not answer.'
    return new HttpProblem('not_ready', detail, { retryAfterSeconds: 1 }, { cause: error.cause })
  }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  if (status >= 400 && status < 500) {
    // Fastify's other refusals, such as malformed JSON. Their messages hold nothing internal.
    return new HttpProblem('validation_failed', `Correct the request: ${error.message}`)
  }
  return new HttpProblem(
    'internal_error',
    'Read the state of the payment before paying again: a payment in progress is not lost.',
    {},
    { cause: error },
  )
}

/** Ajv's message, with what it omits: the additional property, or the allowed value. */
function describeViolation(message: string, params: Record<string, unknown>): string {
  const { additionalProperty, allowedValue } = params
  if (typeof additionalProperty === 'string') return `${message} (${additionalProperty.slice(0, 64)})`
  return typeof allowedValue === 'string' ? `${message} (${allowedValue})` : message
}
