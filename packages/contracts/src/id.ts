import * as Type from '@sinclair/typebox'

/** Every id: letters, digits, hyphens and underscores. */
export const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })
