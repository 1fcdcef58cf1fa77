import { Ajv } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'

/** For bodies and headers: nothing is coerced, removed or filled in. */
const exact = new Ajv()
/**
 * For paths and query strings, where everything arrives as text. With `strictNumbers` Ajv would
 * accept `1e999`, which is Infinity, and check no bound.
 */
const fromText = new Ajv({ coerceTypes: true, strictNumbers: false })

/** Compiles the validator of one part of a request. */
export const compileValidator: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  (httpPart === 'querystring' || httpPart === 'params' ? fromText : exact).compile(schema)
