import type { Schema } from 'fast-json-stringify'
import fastJson from 'fast-json-stringify'
import type { FastifySerializerCompiler } from 'fastify'
import { quickly } from './validation.ts'

/**
 * Returns the serializer of one answer, which writes the members of its schema and no other. It is
 * compiled for the first such answer: see `compileValidator`.
 */
export const compileSerializer: FastifySerializerCompiler<Schema> = ({ schema }) => {
  let serialize: ((body: unknown) => string) | undefined
  return (body: unknown) => {
    serialize ??= fastJson(schema, { ajv: quickly })
    return serialize(body)
  }
}
