import * as Type from '@sinclair/typebox'

/** The header of idempotent routes: made by the caller and stored by it before the first request leaves. */
export const IdempotencyKeyHeader = Type.Object({
  'idempotency-key': Type.String({ minLength: 16, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' }),
})
