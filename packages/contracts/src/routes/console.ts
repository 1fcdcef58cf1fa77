import { ConsoleSession, SignIn, SignInMethods } from '../operators/sessions.ts'
import { Done } from '../sessions.ts'
import type { Route } from './route.ts'

/**
 * The routes by which the console signs an operator in and out. With the cookie that `signIn` sets, a
 * browser calls the operators' routes as with the operator's key.
 */
export const consoleRoutes = {
  getSignInMethods: {
    method: 'GET',
    path: '/console/sign-in',
    summary: 'Get how operators may sign in',
    access: 'public',
    idempotent: false,
    status: 200,
    answer: SignInMethods,
    problems: [],
  },
  signIn: {
    method: 'POST',
    path: '/console/session',
    summary: 'Exchange a key for a session, whose secret is set as a cookie',
    access: 'public',
    idempotent: false,
    body: SignIn,
    status: 201,
    answer: ConsoleSession,
    problems: ['operator_unauthenticated', 'scope_missing', 'request_forged', 'https_required'],
  },
  getSession: {
    method: 'GET',
    path: '/console/session',
    summary: 'Get the session of the cookie',
    access: 'console',
    idempotent: false,
    status: 200,
    answer: ConsoleSession,
    problems: ['operator_unauthenticated'],
  },
  extendSession: {
    method: 'POST',
    path: '/console/session/extend',
    summary: 'Keep the session from ending, because its operator is at work',
    access: 'console',
    idempotent: false,
    status: 200,
    answer: ConsoleSession,
    problems: ['operator_unauthenticated', 'request_forged'],
  },
  signOut: {
    method: 'POST',
    path: '/console/session/end',
    summary: 'End the session; its cookie opens nothing any more',
    access: 'console',
    idempotent: false,
    status: 200,
    answer: Done,
    problems: ['operator_unauthenticated', 'request_forged'],
  },
} as const satisfies Record<string, Route>
