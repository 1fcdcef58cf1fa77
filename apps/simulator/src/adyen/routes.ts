import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { breakOff, isBroken } from '../broken-answers.ts'
import type { World } from '../world.ts'
import { type Answer, notFound, transientError, unauthorised, unexpectedInput } from './answers.ts'
import { carryOut, type Operation } from './calls.ts'
import { detailedPayment, details } from './details.ts'
import { cancels, modifiedPayment, refunds, reversals, technicalCancels } from './modifications.ts'
import { paymentMethods, payments, plannedPayment } from './payments.ts'
import { checkoutVersion } from './shapes.ts'

const operations: readonly Operation[] = [
  {
    path: '/payments',
    name: 'payments',
    about: (world, { body }) => plannedPayment(world, body),
    run: (world, { version, body }) => payments(world, version, body),
  },
  {
    path: '/payments/details',
    name: 'details',
    about: (world, { body }) => detailedPayment(world, body),
    run: (world, { version, body, idempotencyKey }) => details(world, version, body, idempotencyKey),
  },
  {
    path: '/payments/:pspReference/refunds',
    name: 'refunds',
    about: modifiedPayment,
    run: (world, { pspReference, body }) => refunds(world, pspReference, body),
  },
  {
    path: '/payments/:pspReference/cancels',
    name: 'cancels',
    about: modifiedPayment,
    run: (world, { pspReference, body }) => cancels(world, pspReference, body),
  },
  {
    path: '/payments/:pspReference/reversals',
    name: 'reversals',
    about: modifiedPayment,
    run: (world, { pspReference, body }) => reversals(world, pspReference, body),
  },
  {
    path: '/cancels',
    name: 'technicalCancels',
    about: modifiedPayment,
    run: (world, { body }) => technicalCancels(world, body),
  },
  {
    path: '/paymentMethods',
    name: 'paymentMethods',
    about: () => undefined,
    run: (world, { body }) => paymentMethods(world, body),
  },
]

/** Adyen's Checkout API at `/v40` to `/v72`. */
export function adyenRoutes(app: FastifyInstance, world: World): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const isTheirs = (error.statusCode ?? 500) < 500
    if (!isTheirs) request.log.error(error)
    const answer = isTheirs ? unexpectedInput(error.message) : transientError()
    const answered = logRequest(world, request, request.url.replace(/^\/v\d+/, ''))
    answered({ label: labelOf(answer), status: answer.status, body: answer.body })
    await respond(reply, answer, undefined)
  })
  for (const operation of operations) {
    app.post<{ Params: { version: string; pspReference?: string } }>(
      `/:version(^v\\d+$)${operation.path}`,
      async (request, reply) => {
        const { version, pspReference = '' } = request.params
        const idempotencyKey = headerOf(request, 'idempotency-key')
        const answered = logRequest(world, request, request.url.replace(`/${version}`, ''))
        const number = checkoutVersion(version)
        const input = { version: number ?? 0, pspReference, body: request.body, idempotencyKey }
        const answer =
          headerOf(request, 'x-api-key') !== world.config.adyenApiKey
            ? unauthorised
            : number === undefined
              ? notFound
              : await carryOut(world, operation, input)

        if (isBroken(answer)) {
          answered(breakOff(request, reply, answer))
          return reply
        }
        answered({
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

function logRequest(
  world: World,
  request: FastifyRequest,
  path: string,
): ReturnType<World['messages']['request']> {
  const idempotencyKey = headerOf(request, 'idempotency-key')
  return world.messages.request('server', 'adyen', {
    label: `POST ${path}`,
    headers: {
      'x-api-key': headerOf(request, 'x-api-key') ?? '',
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    body: request.body,
  })
}

function headersOf(answer: Answer, idempotencyKey: string | undefined): Record<string, string> {
  return {
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(answer.transient === true ? { 'transient-error': 'true' } : {}),
  }
}

async function respond(
  reply: FastifyReply,
  answer: Answer,
  idempotencyKey: string | undefined,
): Promise<void> {
  await reply.code(answer.status).headers(headersOf(answer, idempotencyKey)).send(answer.body)
}

/** `200 Authorised`, `422 704`: the status and the word that matters. */
function labelOf({ status, body }: Answer): string {
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
