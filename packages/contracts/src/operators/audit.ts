import * as Type from '@sinclair/typebox'
import { LINE } from '../text.ts'
import { recordsQuery } from './records-query.ts'

/** What an operator, a merchant's backend or a command changed or read. */
export const AuditRecord = Type.Object(
  {
    id: Type.Integer(),
    at: Type.String(),
    actor: Type.String({ description: 'The id of a key, or `command:` and the user who ran the command.' }),
    actorName: Type.Union([Type.String(), Type.Null()], {
      description: 'The name of the key; null of a command.',
    }),
    action: Type.String(),
    subject: Type.Union([Type.String(), Type.Null()]),
    detail: Type.Record(Type.String(), Type.Unknown()),
    requestId: Type.Union([Type.String(), Type.Null()], {
      description: 'Identifies the request in the server log; null of a command.',
    }),
  },
  { title: 'AuditRecord', additionalProperties: false },
)
export type AuditRecord = Type.Static<typeof AuditRecord>

/** The number of a record. */
const AuditId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
/** A whole actor, action or subject. */
const whole = Type.Optional(Type.String({ minLength: 1, maxLength: 128, pattern: LINE }))

const { from, to, limit } = recordsQuery

/** Which records to list. */
export const AuditQuery = Type.Object(
  {
    actor: whole,
    action: whole,
    subject: whole,
    from,
    to,
    /** The `next` of the page before. */
    before: Type.Optional(AuditId),
    limit,
  },
  { title: 'AuditQuery', additionalProperties: false },
)
export type AuditQuery = Type.Static<typeof AuditQuery>

/** A page of the audit, newest first. */
export const AuditRecords = Type.Object(
  {
    actions: Type.Array(AuditRecord),
    next: Type.Union([AuditId, Type.Null()], { description: 'The `before` of the following page.' }),
  },
  { title: 'AuditRecords', additionalProperties: false },
)
export type AuditRecords = Type.Static<typeof AuditRecords>
