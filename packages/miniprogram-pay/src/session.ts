import {
  ProblemError,
  shopperRoutes,
  Session,
  type AnswerOf,
  type AnyInput,
  type Call,
  type CallOptions,
  type InputOf,
  type Route,
} from '@tael/contracts'
import type { Login } from './login.ts'
import { retryOf } from './problems.ts'
import { withRetries } from './retries.ts'
import type { Storage } from './storage.ts'

const SESSION = 'session'

/** Calls a route without a session, with retries. Throws as the contract's `Call`. */
export type CallPublic = <R extends Route & { readonly access: 'public' }>(
  route: R,
  input: InputOf<R> & AnyInput,
) => Promise<AnswerOf<R>>

/**
 * Calls a route as the shopper, with retries unless `once` is set. Logs in where there is no
 * session, and again where it has ended. Throws as the contract's `Call`.
 */
export type CallAsShopper = <R extends Route & { readonly access: 'shopper' }>(
  route: R,
  input: InputOf<R> & AnyInput,
  options?: Omit<CallOptions, 'token'> & { readonly once?: boolean },
) => Promise<AnswerOf<R>>

export function createCallPublic(call: Call): CallPublic {
  return (route, input) => withRetries(() => call(route, input))
}

export function createCallAsShopper(call: Call, storage: Storage, login: Login): CallAsShopper {
  const currentToken = createLogin(call, storage, login)
  return (route, input, { once = false, ...options } = {}) => {
    const request = async () => {
      const token = await currentToken()
      try {
        return await call(route, input, { ...options, token })
      } catch (error) {
        if (!needsLogin(error)) throw error
        // Of calls side by side, another may already have logged in.
        if (storage.read(SESSION, Session)?.token === token) storage.forget(SESSION)
        return call(route, input, { ...options, token: await currentToken(token) })
      }
    }
    return once ? request() : withRetries(request)
  }
}

/** Returns the token of the session; logs in where there is none, after one that `ended`. */
function createLogin(call: Call, storage: Storage, login: Login) {
  let loggingIn: Promise<Session> | null = null

  /** Sends the token of the session that ended: strangers at our address do not count against us. */
  const exchangeCode = async (ended: string | undefined): Promise<Session> => {
    const code = await login()
    return call(shopperRoutes.login, { body: { code } }, ended === undefined ? {} : { token: ended })
  }

  /** Exchanges a code from WeChat for a session. As codes expire within minutes, it tries two. */
  const logIn = async (ended: string | undefined): Promise<Session> => {
    const session = await exchangeCode(ended).catch((error: unknown) => {
      if (needsLogin(error)) return exchangeCode(ended)
      throw error
    })
    storage.store(SESSION, session)
    return session
  }

  return async (ended?: string): Promise<string> => {
    const stored = storage.read(SESSION, Session)
    if (stored !== undefined) return stored.token
    loggingIn ??= logIn(ended).finally(() => {
      loggingIn = null
    })
    return (await loggingIn).token
  }
}

/** Whether the session or the login code has expired, which a new code from WeChat solves. */
function needsLogin(error: unknown): boolean {
  return error instanceof ProblemError && retryOf(error) === 'after_login'
}
