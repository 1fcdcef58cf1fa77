import * as Type from '@sinclair/typebox'

/** A code of `wx.login`, which works once within 5 minutes (developers.weixin.qq.com, wx.login). */
export const LoginRequest = Type.Object(
  { code: Type.String({ minLength: 1, maxLength: 128 }) },
  { title: 'LoginRequest', additionalProperties: false },
)
export type LoginRequest = Type.Static<typeof LoginRequest>

/** A shopper's session. The openid and session_key stay on the server. */
export const Session = Type.Object(
  {
    token: Type.String({
      minLength: 43,
      maxLength: 43,
      description: 'Send as `Authorization: Bearer <token>`.',
    }),
    expiresAt: Type.String({ description: 'ISO 8601, UTC.' }),
  },
  { title: 'Session', additionalProperties: false },
)
export type Session = Type.Static<typeof Session>

/** The answer of a route that returns no data. */
export const Done = Type.Object({ done: Type.Literal(true) }, { title: 'Done', additionalProperties: false })
export type Done = Type.Static<typeof Done>
