import * as Type from '@sinclair/typebox'

/** The code `wx.login` gave: good for one use within 5 minutes (developers.weixin.qq.com, wx.login). */
export const LoginRequest = Type.Object(
  { code: Type.String({ minLength: 1, maxLength: 128 }) },
  { title: 'LoginRequest', additionalProperties: false },
)
export type LoginRequest = Type.Static<typeof LoginRequest>

/** A session of one shopper: an opaque bearer token and when it ends. openid and session_key stay on the server. */
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

/** What a route answers that has nothing to tell but that it is done. */
export const Done = Type.Object({ done: Type.Literal(true) }, { title: 'Done', additionalProperties: false })
export type Done = Type.Static<typeof Done>
