import { type BrokenAnswer, htmlPage, truncated } from '../broken-answers.ts'
import type { AdyenCallName, AdyenFault } from '../faults.ts'
import type { AdyenAnswer } from '../state/idempotency-keys.ts'
import type { FaultTarget } from '../state/switchboard.ts'
import type { World } from '../state/world.ts'
import {
  idempotencyUnavailable,
  inProgress,
  internalError,
  rateLimited,
  transientError,
  unexpectedInput,
} from './answers.ts'

const SLOW_MS = 3_000

/** The longest `idempotency-key` that Adyen accepts. */
const KEY_LENGTH_MAX = 64

/** A call as Adyen receives it. */
export interface Input {
  readonly version: number
  readonly pspReference: string
  readonly body: unknown
  readonly idempotencyKey: string | undefined
}

/** One endpoint of the Checkout API. */
export interface Operation {
  readonly path: string
  readonly name: AdyenCallName
  /** The payment that a call is about, as far as the request identifies one. */
  readonly findTarget: (world: World, input: Input) => FaultTarget | undefined
  readonly run: (world: World, input: Input) => AdyenAnswer
}

/** Processes a call, with the fault that hits it. Retries are hit as likely as the first call. */
export async function processCall(
  world: World,
  operation: Operation,
  input: Input,
): Promise<AdyenAnswer | BrokenAnswer> {
  const { idempotencyKey: key = '' } = input
  if (key.length > KEY_LENGTH_MAX)
    return unexpectedInput(`idempotency-key is longer than ${KEY_LENGTH_MAX} characters`)
  const fault = world.switchboard.adyenFault(operation.name, operation.findTarget(world, input))
  const unprocessed = fault && unprocessedAnswers[fault]?.()
  if (unprocessed !== undefined) return unprocessed

  const answer = await answerOnce(world, input.idempotencyKey, async () => {
    if (fault === 'permanent_500') return internalError()
    const processed = operation.run(world, input)
    if (fault === 'slow_answer') await world.clock.sleep(SLOW_MS)
    return processed
  })
  return (fault && alteredAnswers[fault]?.(answer)) ?? answer
}

/** Answers the first request with a key, and repeats that answer to every later one. */
async function answerOnce(
  world: World,
  key: string | undefined,
  run: () => Promise<AdyenAnswer>,
): Promise<AdyenAnswer> {
  if (key === undefined) return run()
  const claim = world.idempotencyKeys.claim(key)
  if (!claim.isNew) return claim.answer ?? inProgress()
  try {
    const answer = await run()
    claim.store(answer)
    return answer
  } catch (error) {
    claim.release()
    throw error
  }
}

type FaultTable<Play> = Readonly<Partial<Record<AdyenFault, Play>>>

/** What the caller gets if a fault prevents the call from being processed. */
const unprocessedAnswers: FaultTable<() => AdyenAnswer | BrokenAnswer> = {
  lost_request: () => 'cut',
  timeout_before: () => 'silence',
  rate_limited: rateLimited,
  transient_500: transientError,
  unavailable_503: idempotencyUnavailable,
  in_progress_704: inProgress,
}

/**
 * What the caller gets if a fault alters the answer. The idempotency key stores the unaltered one.
 */
const alteredAnswers: FaultTable<(answer: AdyenAnswer) => AdyenAnswer | BrokenAnswer> = {
  lost_answer: () => 'cut',
  timeout_after: () => 'silence',
  truncated_json: ({ status, body }) => truncated(status, body),
  html_page: () => htmlPage,
  wrong_schema: (answer) => ({ ...answer, body: { response: answer.body } }),
  missing_package: (answer) => ({ ...answer, body: withoutField('package', answer.body) }),
  other_reference: (answer) => ({ ...answer, body: withOtherReferences(answer.body) }),
  other_amount: (answer) => ({ ...answer, body: withHigherAmount(answer.body) }),
  no_wechat_pay: (answer) => ({ ...answer, body: { paymentMethods: [{ name: 'Cards', type: 'scheme' }] } }),
}

/** The value without this field at any depth. */
function withoutField(field: string, value: object): object {
  const kept = Object.entries(value).filter(([name]) => name !== field)
  return Object.fromEntries(
    kept.map(([name, inner]: [string, unknown]) => [
      name,
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? withoutField(field, inner)
        : inner,
    ]),
  )
}

const referenceNames: ReadonlySet<string> = new Set([
  'merchantReference',
  'reference',
  'paymentReference',
  'pspReference',
  'paymentPspReference',
])

/** The answer with the references of another payment. */
function withOtherReferences(body: object): object {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]: [string, unknown]) => [
      name,
      referenceNames.has(name) ? `ANOTHER-${name}` : value,
    ]),
  )
}

function withHigherAmount(body: object): object {
  const amount: unknown = 'amount' in body ? body.amount : undefined
  if (typeof amount !== 'object' || amount === null || !('value' in amount)) return body
  return { ...body, amount: { ...amount, value: Number(amount.value) + 1 } }
}
