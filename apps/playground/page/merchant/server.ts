import { createCall, NoAnswerError, ProblemError } from '@tael/contracts'

/** Calls the server's public routes. */
export const callServer = createCall((request) => send('api', request))

/** Calls the operators' routes; the playground's server adds its operator's key. */
export const callAsOperator = createCall((request) => send('', request))

interface Request {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly timeoutMs: number
}

async function send(prefix: string, { method, path, headers, body, timeoutMs }: Request) {
  const target = prefix === '' ? path : `/${prefix}${path}`
  try {
    const answer = await fetch(target, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const json: unknown = await answer.json()
    return { status: answer.status, body: json }
  } catch (cause) {
    throw new NoAnswerError(`${method} ${target} was not answered.`, { cause })
  }
}

/** A failure of a call in a few words. */
export function reasonOf(error: unknown): string {
  if (error instanceof ProblemError) return `${error.problem.title}. ${error.problem.detail}`
  return error instanceof Error ? error.message : String(error)
}
