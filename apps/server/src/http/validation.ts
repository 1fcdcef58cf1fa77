import { Ajv, type ValidateFunction } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'

/**
 * A first request waits for its validator: schemas, which a test describes to the world, are not validated again, and the
 * code made of them is not optimised, which takes longer than it saves.
 */
export const quickly = { validateSchema: false, code: { optimize: false } } as const

/** For bodies and headers: nothing is coerced, removed or filled in. */
const exact = new Ajv(quickly)
/**
 * For paths and query strings, where everything arrives as text. With `strictNumbers` Ajv would
 * accept `1e999`, which is Infinity, and check no bound.
 */
const fromText = new Ajv({ ...quickly, coerceTypes: true, strictNumbers: false })

/**
 * Returns the validator of one part of a request. It is compiled when the first request needs it:
 * all of them at once are half of what a start costs.
 */
export const compileValidator: FastifySchemaCompiler<object> = ({ schema, httpPart }) => {
  // A text of another format is checked by its handler, which reads it as it arrives.
  if ('contentMediaType' in schema) return () => true
  const ajv = httpPart === 'querystring' || httpPart === 'params' ? fromText : exact
  let compiled: ValidateFunction | undefined
  const validate: ReturnType<FastifySchemaCompiler<object>> = (data: unknown) => {
    compiled ??= ajv.compile(schema)
    const isValid = compiled(data)
    validate.errors = compiled.errors ?? null
    return isValid
  }
  return validate
}
