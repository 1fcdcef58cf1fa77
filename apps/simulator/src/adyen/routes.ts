import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { CallFault } from '../faults.ts'
import type { Scenario } from '../scenarios.ts'
import type { World } from '../world.ts'
import {
  type Answer,
  idempotencyUnavailable,
  inProgress,
  internalError,
  notFound,
  rateLimited,
  unauthorised,
  unexpectedInput,
} from './answers.ts'
import { detailedPayment, details } from './details.ts'
import { KEY_LENGTH_MAX } from './idempotency.ts'
import { cancels, refunds, reversals, technicalCancels } from './modifications.ts'
import { payments, plannedPayment } from './payments.ts'
import { checkoutVersion } from './shapes.ts'

const SLOW_MS = 3_000

/** One call as Adyen gets it. */
interface Input {
  readonly version: number
  readonly pspReference: string
  readonly body: unknown
  readonly idempotencyKey: string | undefined
}

/** One endpoint of the Checkout API. */
interface Operation {
  readonly path: string
  readonly name: string
  readonly plan?: (world: World, body: unknown) => { scenario: Scenario; reference: string } | undefined
  readonly run: (world: World, input: Input) => Answer
}

const operations: readonly Operation[] = [
  {
    path: '/payments',
    name: 'payments',
    plan: plannedPayment,
    run: (world, { version, body }) => payments(world, version, body),
  },
  {
    path: '/payments/details',
    name: 'details',
    plan: detailedPayment,
    run: (world, { version, body, idempotencyKey }) => details(world, version, body, idempotencyKey),
  },
  {
    path: '/payments/:pspReference/refunds',
    name: 'refunds',
    run: (world, { pspReference, body }) => refunds(world, pspReference, body),
  },
  {
    path: '/payments/:pspReference/cancels',
    name: 'cancels',
    run: (world, { pspReference, body }) => cancels(world, pspReference, body),
  },
  {
    path: '/payments/:pspReference/reversals',
    name: 'reversals',
    run: (world, { pspReference, body }) => reversals(world, pspReference, body),
  },
  { path: '/cancels', name: 'technicalCancels', run: (world, { body }) => technicalCancels(world, body) },
  {
    path: '/paymentMethods',
    name: 'paymentMethods',
    run: () => ({
      status: 200,
      body: { paymentMethods: [{ name: 'WeChat Pay', type: 'wechatpayMiniProgram' }] },
    }),
  },
]

/** What becomes of a call: what is answered (`cut`: nothing), and what a repeat with the same key will get. */
interface Outcome {
  readonly answer: Answer | 'cut'
  readonly keep: Answer | undefined
}

/** Adyen's Checkout API at `/v40` to `/v72`. */
export function adyenRoutes(app: FastifyInstance, world: World): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const isTheirs = (error.statusCode ?? 500) < 500
    if (!isTheirs) request.log.error(error)
    const answer = isTheirs ? unexpectedInput(error.message) : internalError()
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
              : await answerOnce(world, operation, input)

        if (answer === 'cut') {
          answered({ label: 'no answer (connection cut)' })
          reply.hijack()
          request.raw.socket.destroy()
          return
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

/** Answers the first request with a key, and replays that answer to every later one. */
async function answerOnce(world: World, operation: Operation, input: Input): Promise<Answer | 'cut'> {
  const key = input.idempotencyKey
  if (key === undefined) return (await carryOut(world, operation, input)).answer
  if (key.length > KEY_LENGTH_MAX)
    return unexpectedInput(`idempotency-key is longer than ${KEY_LENGTH_MAX} characters`)

  const first = world.idempotency.take(key)
  if (!first.taken) return first.answer ?? inProgress()
  let keep: Answer | undefined
  try {
    const outcome = await carryOut(world, operation, input)
    keep = outcome.keep
    return outcome.answer
  } finally {
    if (keep === undefined) world.idempotency.forget(key)
    else world.idempotency.keep(key, keep)
  }
}

/** Does the call once, with the fault that strikes it, if any. */
async function carryOut(world: World, operation: Operation, input: Input): Promise<Outcome> {
  const fault = world.switchboard.callFault(operation.name, operation.plan?.(world, input.body))
  const unprocessed = fault === undefined ? undefined : unprocessedAnswers[fault]?.()
  if (unprocessed !== undefined) return { answer: unprocessed, keep: undefined }

  const answer = operation.run(world, input)
  if (fault === 'lost_answer') return { answer: 'cut', keep: answer }
  if (fault === 'slow_answer') await world.clock.sleep(SLOW_MS)
  return { answer, keep: answer }
}

/** What is answered where a fault strikes before anything happened; the other faults strike after. */
const unprocessedAnswers: Readonly<Partial<Record<CallFault, () => Answer | 'cut'>>> = {
  lost_request: () => 'cut',
  rate_limited: rateLimited,
  transient_500: internalError,
  unavailable_503: idempotencyUnavailable,
  in_progress_704: inProgress,
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
