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
import { sendRequest } from './http.ts'
import { withRetries } from './retries.ts'
import { forget, readStored, store } from './storage.ts'

const SESSION = 'session'
const LOGIN_MS_MAX = 10_000
const call = createCall(sendRequest)

/** Calls a route without a session, with retries. Throws as the contract's `Call`. */
export function callPublic<R extends Route & { readonly access: 'public' }>(
  route: R,
  input: InputOf<R> & AnyInput,
): Promise<AnswerOf<R>> {
  return withRetries(() => call(route, input))
}

/**
 * Calls a route as the shopper, with retries unless `once` is set. Logs in where there is no
 * session, and again where it has ended. Throws as the contract's `Call`.
 */
export function callAsShopper<R extends Route & { readonly access: 'shopper' }>(
  route: R,
  input: InputOf<R> & AnyInput,
  { once = false, ...options }: Omit<CallOptions, 'token'> & { readonly once?: boolean } = {},
): Promise<AnswerOf<R>> {
  const request = async (): Promise<AnswerOf<R>> => {
    const token = await currentToken()
    try {
      return await call(route, input, { ...options, token })
    } catch (error) {
      if (!needsLogin(error)) throw error
      // Of calls side by side, another may already have logged in.
      if (readStored(SESSION, Session)?.token === token) forget(SESSION)
      return call(route, input, { ...options, token: await currentToken(token) })
    }
  }
  return once ? request() : withRetries(request)
}

let loggingIn: Promise<Session> | null = null

/** The token of the session; logs in where there is none, after one that `ended`. */
async function currentToken(ended?: string): Promise<string> {
  const stored = readStored(SESSION, Session)
  if (stored !== undefined) return stored.token
  loggingIn ??= logIn(ended).finally(() => {
    loggingIn = null
  })
  return (await loggingIn).token
}

/** Exchanges a code from WeChat for a session. As codes expire within minutes, it tries two. */
async function logIn(ended: string | undefined): Promise<Session> {
  const session = await exchangeCode(ended).catch((error: unknown) => {
    if (needsLogin(error)) return exchangeCode(ended)
    throw error
  })
  store(SESSION, session)
  return session
}

/** Sends the token of the session that ended: strangers at our address do not count against us. */
async function exchangeCode(ended: string | undefined): Promise<Session> {
  const code = await loginCode()
  return call(shopperRoutes.login, { body: { code } }, ended === undefined ? {} : { token: ended })
}

/** The code comes from WeChat's servers: offline, this fails as a request to ours does. */
function loginCode(): Promise<string> {
  return new Promise((resolve, reject) => {
    wx.login({
      timeout: LOGIN_MS_MAX,
      success: ({ code }) => resolve(code),
      fail: ({ errMsg }) => reject(new NoAnswerError(errMsg)),
    })
  })
}

/** Whether the session or the login code has expired, which a new code from WeChat solves. */
function needsLogin(error: unknown): boolean {
  return error instanceof ProblemError && retryOf(error) === 'after_login'
}
