import {
  type Amount,
  type Call,
  createCall,
  type Problem,
  ProblemError,
  type Route,
  routesOf,
} from '@tael/contracts'
import { transportTo } from '@tael/stack'

/** The addresses of a server's listeners. */
interface Listeners {
  readonly url: string
  readonly operatorsUrl?: string
}

/** The contracts' client over fetch: each route at the listener that serves it. */
export function callTo({ url, operatorsUrl = url }: Listeners): Call {
  const [call, callAsOperator] = [createCall(transportTo(url)), createCall(transportTo(operatorsUrl))]
  return (route, input, options) => (isPublic(route) ? call : callAsOperator)(route, input, options)
}

const isPublic = (route: Route): boolean => routesOf.public.includes(route)

/** The same client in a session, or with an operator's key. */
export function authorised(call: Call, token: string): Call {
  return (route, input, options) => call(route, input, { token, ...options })
}

/** The problem that a call is answered with. Throws where the call succeeds. */
export async function refusalOf(call: Promise<unknown>): Promise<Problem> {
  try {
    await call
  } catch (error) {
    if (error instanceof ProblemError) return error.problem
    throw error
  }
  throw new Error('The call succeeded.')
}

/** An amount in CNY. */
export const fen = (value: number): Amount => ({ currency: 'CNY', value })
