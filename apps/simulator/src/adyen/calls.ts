import { type BrokenAnswer, htmlPage, truncated } from '../broken-answers.ts'
import type { CallFault, CallName, Target } from '../faults.ts'
import type { World } from '../world.ts'
import {
  type Answer,
  idempotencyUnavailable,
  inProgress,
  internalError,
  rateLimited,
  transientError,
  unexpectedInput,
} from './answers.ts'
import { KEY_LENGTH_MAX } from './idempotency.ts'

const SLOW_MS = 3_000

/** One call as Adyen gets it. */
export interface Input {
  readonly version: number
  readonly pspReference: string
  readonly body: unknown
  readonly idempotencyKey: string | undefined
}

/** One endpoint of the Checkout API. */
export interface Operation {
  readonly path: string
  readonly name: CallName
  /** The payment a call is about; undefined where it is about none, or too broken to tell. */
  readonly about: (world: World, input: Input) => Target | undefined
  readonly run: (world: World, input: Input) => Answer
}

/**
 * Carries a call out with the fault that strikes it, if any. A fault strikes the repeats of a call as well: the way
 * to Adyen and back is as bad for them.
 */
export async function carryOut(
  world: World,
  operation: Operation,
  input: Input,
): Promise<Answer | BrokenAnswer> {
  const { idempotencyKey: key = '' } = input
  if (key.length > KEY_LENGTH_MAX)
    return unexpectedInput(`idempotency-key is longer than ${KEY_LENGTH_MAX} characters`)
  const fault = world.switchboard.callFault(operation.name, operation.about(world, input))
  const unprocessed = fault && unprocessedAnswers[fault]?.()
  if (unprocessed !== undefined) return unprocessed

  const answer = await answerOnce(world, input.idempotencyKey, async () => {
    if (fault === 'permanent_500') return internalError()
    const processed = operation.run(world, input)
    if (fault === 'slow_answer') await world.clock.sleep(SLOW_MS)
    return processed
  })
  return (fault && disturbedAnswers[fault]?.(answer)) ?? answer
}

/** Answers the first request with a key, and replays that answer to every later one. */
async function answerOnce(
  world: World,
  key: string | undefined,
  run: () => Promise<Answer>,
): Promise<Answer> {
  if (key === undefined) return run()
  const entry = world.idempotency.take(key)
  if (entry.isTaken) return entry.answer ?? inProgress()
  try {
    const answer = await run()
    entry.keep(answer)
    return answer
  } catch (error) {
    entry.forget()
    throw error
  }
}

type Table<Shape> = Readonly<Partial<Record<CallFault, Shape>>>

/** What the caller sees where a fault strikes before anything happened. */
const unprocessedAnswers: Table<() => Answer | BrokenAnswer> = {
  lost_request: () => 'cut',
  timeout_before: () => 'silence',
  rate_limited: rateLimited,
  transient_500: transientError,
  unavailable_503: idempotencyUnavailable,
  in_progress_704: inProgress,
}

/** What the caller sees where a fault strikes on the way back. What is kept for the key is the true answer. */
const disturbedAnswers: Table<(answer: Answer) => Answer | BrokenAnswer> = {
  lost_answer: () => 'cut',
  timeout_after: () => 'silence',
  truncated_json: ({ status, body }) => truncated(status, body),
  html_page: () => htmlPage,
  wrong_schema: (answer) => ({ ...answer, body: { response: answer.body } }),
  missing_package: (answer) => ({ ...answer, body: without('package', answer.body) }),
  other_reference: (answer) => ({ ...answer, body: ofAnother(answer.body) }),
  other_amount: (answer) => ({ ...answer, body: oneMore(answer.body) }),
}

/** The value without this field, wherever in it. */
function without(field: string, value: object): object {
  const kept = Object.entries(value).filter(([name]) => name !== field)
  return Object.fromEntries(
    kept.map(([name, inner]: [string, unknown]) => [
      name,
      typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? without(field, inner) : inner,
    ]),
  )
}

const references: ReadonlySet<string> = new Set([
  'merchantReference',
  'reference',
  'paymentReference',
  'pspReference',
  'paymentPspReference',
])

/** The answer as another payment would have got it. */
function ofAnother(body: object): object {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]: [string, unknown]) => [
      name,
      references.has(name) ? `ANOTHER-${name}` : value,
    ]),
  )
}

function oneMore(body: object): object {
  const amount: unknown = 'amount' in body ? body.amount : undefined
  if (typeof amount !== 'object' || amount === null || !('value' in amount)) return body
  return { ...body, amount: { ...amount, value: Number(amount.value) + 1 } }
}
