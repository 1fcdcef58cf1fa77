import {
  type Call,
  createCall,
  CSRF_HEADER,
  NoAnswerError,
  ProblemError,
  type Transport,
} from '@tael/contracts'

/** The token of the present session, which every change carries. */
let csrfToken: string | undefined
/** Called when any call finds that the session has ended. */
let onSessionEnd: () => void = () => undefined

/** Sets which session the calls belong to, and whom to inform when it has ended. */
export function setSession(token: string | undefined, whenItEnds: () => void): void {
  csrfToken = token
  onSessionEnd = whenItEnds
}

const send: Transport = async ({ method, path, headers, body, timeoutMs }) => {
  const allHeaders = new Headers(headers)
  if (method !== 'GET' && csrfToken !== undefined) allHeaders.set(CSRF_HEADER, csrfToken)
  const answer = await fetch(path, {
    method,
    headers: allHeaders,
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    credentials: 'same-origin',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw new NoAnswerError('No answer came.', { cause: error })
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? null : parse(text) }
}

/** The contract is checked afterwards; an answer of a proxy may be no JSON. */
function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return text
  }
}

const callServer = createCall(send)

/** Calls a route of the server in this browser's session. */
export const call: Call = async (route, input, options) => {
  try {
    return await callServer(route, input, options)
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'operator_unauthenticated') onSessionEnd()
    throw error
  }
}
