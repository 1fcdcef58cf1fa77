import { Ajv } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'

/** A body that is not the contract is refused, never repaired: nothing is coerced, dropped or filled in. */
const exact = new Ajv()
/**
 * In a path or a query string everything arrives as text: there `5` is a number where the contract says so. With
 * `strictNumbers` Ajv would take `1e999`, which is Infinity, for a number and hold no bound against it.
 */
const fromText = new Ajv({ coerceTypes: true, strictNumbers: false })

/** Validates each part of a request against the contract, by that part's rule. */
export const compileValidator: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  (httpPart === 'querystring' || httpPart === 'params' ? fromText : exact).compile(schema)
