import * as Type from '@sinclair/typebox'

/**
 * The header of idempotent routes. The caller creates the key and stores it before the first
 * request.
 */
export const IdempotencyKeyHeader = Type.Object({
  'idempotency-key': Type.String({ minLength: 16, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' }),
})
