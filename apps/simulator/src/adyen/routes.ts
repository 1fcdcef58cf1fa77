import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isBroken, sendBroken } from '../broken-answers.ts'
import type { LogAnswer } from '../state/call-log.ts'
import type { AdyenAnswer } from '../state/idempotency-keys.ts'
import type { World } from '../state/world.ts'
import { notFound, transientError, unauthorised, unexpectedInput } from './answers.ts'
import { type Operation, processCall } from './calls.ts'
import { details, findByPaymentData } from './details.ts'
import { cancels, findModified, refunds, reversals, technicalCancels } from './modifications.ts'
import { findNewPayment, paymentMethods, payments } from './payments.ts'
import { checkoutVersion } from './shapes.ts'

const operations: readonly Operation[] = [
  {
    path: '/payments',
    name: 'payments',
    findTarget: (world, { body }) => findNewPayment(world, body),
    run: (world, { version, body }) => payments(world, version, body),
  },
  {
    path: '/payments/details',
    name: 'details',
    findTarget: (world, { body }) => findByPaymentData(world, body),
    run: (world, { version, body, idempotencyKey }) => details(world, version, body, idempotencyKey),
  },
  {
    path: '/payments/:pspReference/refunds',
    name: 'refunds',
    findTarget: findModified,
    run: (world, { pspReference, body }) => refunds(world, pspReference, body),
  },
  {
    path: '/payments/:pspReference/cancels',
    name: 'cancels',
    findTarget: findModified,
    run: (world, { pspReference, body }) => cancels(world, pspReference, body),
  },
  {
    path: '/payments/:pspReference/reversals',
    name: 'reversals',
    findTarget: findModified,
    run: (world, { pspReference, body }) => reversals(world, pspReference, body),
  },
  {
    path: '/cancels',
    name: 'technicalCancels',
    findTarget: findModified,
    run: (world, { body }) => technicalCancels(world, body),
  },
  {
    path: '/paymentMethods',
    name: 'paymentMethods',
    findTarget: () => undefined,
    run: (world, { body }) => paymentMethods(world, body),
  },
]

/** Adyen's Checkout API at `/v40` to `/v72`. */
export function adyenRoutes(app: FastifyInstance, world: World): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const isCallersFault = (error.statusCode ?? 500) < 500
    if (!isCallersFault) request.log.error(error)
    const answer = isCallersFault ? unexpectedInput(error.message) : transientError()
    const logAnswer = logRequest(world, request, request.url.replace(/^\/v\d+/, ''))
    logAnswer({ label: labelOf(answer), status: answer.status, body: answer.body })
    await respond(reply, answer, undefined)
  })
  for (const operation of operations) {
    app.post<{ Params: { version: string; pspReference?: string } }>(
      `/:version(^v\\d+$)${operation.path}`,
      async (request, reply) => {
        const { version, pspReference = '' } = request.params
        const idempotencyKey = headerOf(request, 'idempotency-key')
        const logAnswer = logRequest(world, request, request.url.replace(`/${version}`, ''))
        const number = checkoutVersion(version)
        const input = { version: number ?? 0, pspReference, body: request.body, idempotencyKey }
        const answer =
          headerOf(request, 'x-api-key') !== world.config.adyenApiKey
            ? unauthorised
            : number === undefined
              ? notFound
              : await processCall(world, operation, input)

        if (isBroken(answer)) {
          logAnswer(sendBroken(request, reply, answer))
          return reply
        }
        logAnswer({
          label: labelOf(answer),
          status: answer.status,
          headers: headersOf(answer, idempotencyKey),
          body: answer.body,
        })
        await respond(reply, answer, idempotencyKey)
      },
    )
  }
}

function logRequest(world: World, request: FastifyRequest, path: string): LogAnswer {
  const idempotencyKey = headerOf(request, 'idempotency-key')
  return world.callLog.logRequest('server', 'adyen', {
    label: `POST ${path}`,
    headers: {
      'x-api-key': headerOf(request, 'x-api-key') ?? '',
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    body: request.body,
  })
}

function headersOf(answer: AdyenAnswer, idempotencyKey: string | undefined): Record<string, string> {
  return {
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(answer.transient === true ? { 'transient-error': 'true' } : {}),
  }
}

async function respond(
  reply: FastifyReply,
  answer: AdyenAnswer,
  idempotencyKey: string | undefined,
): Promise<void> {
  await reply.code(answer.status).headers(headersOf(answer, idempotencyKey)).send(answer.body)
}

/** The status and the most telling field, such as `200 Authorised` or `422 704`. */
function labelOf({ status, body }: AdyenAnswer): string {
  const word =
    'resultCode' in body
      ? body.resultCode
      : 'errorCode' in body
        ? body.errorCode
        : 'status' in body
          ? body.status
          : ''
  return `${status} ${typeof word === 'string' ? word : ''}`.trim()
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}
