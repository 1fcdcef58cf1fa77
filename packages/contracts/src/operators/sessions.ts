import * as Type from '@sinclair/typebox'
import { Currency } from '../amount.ts'
import { OperatorScope } from './scopes.ts'

/** The header in which the console sends its session's `csrfToken` with every change. */
export const CSRF_HEADER = 'x-tael-csrf'

/** How operators may sign in at this server. */
export const SignInMethods = Type.Object(
  {
    openIdConnect: Type.Boolean({
      description: 'Whether an identity provider is configured: GET /console/openid begins the sign-in.',
    }),
  },
  { title: 'SignInMethods', additionalProperties: false },
)
export type SignInMethods = Type.Static<typeof SignInMethods>

/** Begins a session of the console. */
export const SignIn = Type.Object(
  {
    key: Type.String({
      minLength: 1,
      maxLength: 200,
      description: "An operator's key, or the secret of a sign-in link, which works once.",
    }),
  },
  { title: 'SignIn', additionalProperties: false },
)
export type SignIn = Type.Static<typeof SignIn>

/**
 * A session of the console: who signed in and what they may do. Its secret is in an httpOnly cookie.
 * It ends at the earlier of its two ends.
 */
export const ConsoleSession = Type.Object(
  {
    operator: Type.Object(
      {
        id: Type.String({ description: 'As the audit names them.' }),
        name: Type.String(),
      },
      { additionalProperties: false },
    ),
    scopes: Type.Array(OperatorScope),
    csrfToken: Type.String({
      description: `Sent as ${CSRF_HEADER} with every request that changes something.`,
    }),
    idleEndsAt: Type.String({ description: 'When it ends unless it is extended.' }),
    endsAt: Type.String({ description: 'When it ends in any case.' }),
    environment: Type.Union([Type.Literal('test'), Type.Literal('live')], {
      description: 'Whether payments of this server move money.',
    }),
    currency: Currency,
  },
  { title: 'ConsoleSession', additionalProperties: false },
)
export type ConsoleSession = Type.Static<typeof ConsoleSession>
