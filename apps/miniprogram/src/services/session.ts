import {
  createCall,
  NoAnswerError,
  ProblemError,
  shopperRoutes,
  Session,
  type AnswerOf,
  type AnyInput,
  type CallOptions,
  type InputOf,
  type Route,
} from '@tael/contracts'
import { retryOf } from './errors.ts'
import { send } from './http.ts'
import { withRetries } from './retries.ts'
import { forget, readStored, store } from './storage.ts'

const SESSION = 'session'
const LOGIN_MS_MAX = 10_000
const call = createCall(send)

/** Calls a route that needs no session. Errors as `Call` of the contract; what may be repeated is repeated. */
export function callPublic<R extends Route & { readonly access: 'public' }>(
  route: R,
  input: InputOf<R> & AnyInput,
): Promise<AnswerOf<R>> {
  return withRetries(() => call(route, input))
}

/**
 * Calls a route as the shopper. Logs in where there is no session yet, and once more where the server knows it no
 * longer. Errors as `Call` of the contract; what may be repeated is repeated, unless `once` says not to.
 */
export function callAsShopper<R extends Route & { readonly access: 'shopper' }>(
  route: R,
  input: InputOf<R> & AnyInput,
  { once = false, ...options }: Omit<CallOptions, 'token'> & { readonly once?: boolean } = {},
): Promise<AnswerOf<R>> {
  const work = async (): Promise<AnswerOf<R>> => {
    const token = await currentToken()
    try {
      return await call(route, input, { ...options, token })
    } catch (error) {
      if (!needsLogin(error)) throw error
      // Calls run side by side: the one that came back first has perhaps logged in already.
      if (readStored(SESSION, Session)?.token === token) forget(SESSION)
      return call(route, input, { ...options, token: await currentToken() })
    }
  }
  return once ? work() : withRetries(work)
}

let loggingIn: Promise<Session> | null = null

async function currentToken(): Promise<string> {
  const stored = readStored(SESSION, Session)
  if (stored !== undefined) return stored.token
  loggingIn ??= logIn().finally(() => {
    loggingIn = null
  })
  return (await loggingIn).token
}

/** One login: a code from WeChat for a session of ours. WeChat's codes die young, so a dead one is replaced once. */
async function logIn(): Promise<Session> {
  const session = await exchangeCode().catch((error: unknown) => {
    if (needsLogin(error)) return exchangeCode()
    throw error
  })
  store(SESSION, session)
  return session
}

async function exchangeCode(): Promise<Session> {
  return call(shopperRoutes.login, { body: { code: await loginCode() } })
}

/** WeChat's own servers are asked for the code: it fails where the phone is offline, as a request of ours does. */
function loginCode(): Promise<string> {
  return new Promise((resolve, reject) => {
    wx.login({
      timeout: LOGIN_MS_MAX,
      success: ({ code }) => resolve(code),
      fail: ({ errMsg }) => reject(new NoAnswerError(errMsg)),
    })
  })
}

/** The session has ended or the login code is dead: a new code from WeChat helps. */
function needsLogin(error: unknown): boolean {
  return error instanceof ProblemError && retryOf(error) === 'after_login'
}
