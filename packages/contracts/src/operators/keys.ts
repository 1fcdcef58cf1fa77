import * as Type from '@sinclair/typebox'
import { Amount } from '../amount.ts'
import { LINE } from '../text.ts'
import { OperatorRole, OperatorScope } from './scopes.ts'

/** A key that was ever made, without its secret. */
export const KeyRecord = Type.Object(
  {
    id: Type.String(),
    name: Type.String({ description: 'The operator or the backend, as the audit names them.' }),
    scopes: Type.Array(OperatorScope),
    refundLimit: Type.Union([Amount, Type.Null()], {
      description: 'What it refunds of one payment by itself; null: whatever is left.',
    }),
    createdAt: Type.String(),
    expiresAt: Type.Union([Type.String(), Type.Null()], { description: 'Null: it has no end.' }),
    revokedAt: Type.Union([Type.String(), Type.Null()]),
    state: Type.Union([Type.Literal('valid'), Type.Literal('expired'), Type.Literal('revoked')]),
  },
  { title: 'KeyRecord', additionalProperties: false },
)
export type KeyRecord = Type.Static<typeof KeyRecord>

/** Every key, newest first. */
export const KeyRecords = Type.Object(
  { keys: Type.Array(KeyRecord) },
  { title: 'KeyRecords', additionalProperties: false },
)
export type KeyRecords = Type.Static<typeof KeyRecords>

const ofEveryKey = {
  name: Type.String({ minLength: 1, maxLength: 80, pattern: LINE }),
  expiresAt: Type.Optional(
    Type.String({
      pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?Z$',
      maxLength: 24,
      description: 'When the key ends; without it, it has no end.',
    }),
  ),
  refundLimit: Type.Optional(
    Type.Object(Amount.properties, {
      additionalProperties: false,
      description:
        'What it refunds of one payment by itself. For a key with refunds:write, without merchant:refunds and keys:write.',
    }),
  ),
}

/** A new key with the scopes of a role, or with scopes of its own. Only who has a scope can give it. */
export const CreateKey = Type.Union(
  [
    Type.Object({ ...ofEveryKey, role: OperatorRole }, { additionalProperties: false }),
    Type.Object(
      {
        ...ofEveryKey,
        scopes: Type.Array(OperatorScope, {
          minItems: 1,
          maxItems: OperatorScope.anyOf.length,
          uniqueItems: true,
        }),
      },
      { additionalProperties: false },
    ),
  ],
  { title: 'CreateKey' },
)
export type CreateKey = Type.Static<typeof CreateKey>

/** A new key with its secret, which cannot be read again. */
export const CreatedKey = Type.Object(
  { ...KeyRecord.properties, secret: Type.String({ description: 'The bearer token of its requests.' }) },
  { title: 'CreatedKey', additionalProperties: false },
)
export type CreatedKey = Type.Static<typeof CreatedKey>
