import type { Schema } from 'fast-json-stringify'
import fastJson from 'fast-json-stringify'
import type { FastifySerializerCompiler } from 'fastify'
import { quickly } from './validation.ts'

type Serialize = (body: unknown) => string

/** Many routes answer with the same problems, which are compiled once. */
const compiled = new WeakMap<Schema, Serialize>()

function serializerOf(schema: Schema): Serialize {
  const serialize = compiled.get(schema) ?? fastJson(schema, { ajv: quickly })
  compiled.set(schema, serialize)
  return serialize
}

/**
 * Returns the serializer of one answer, which writes the members of its schema and no other. It is
 * compiled for the first such answer: see `compileValidator`.
 */
export const compileSerializer: FastifySerializerCompiler<Schema> = ({ schema }) => {
  let serialize: Serialize | undefined
  return (body: unknown) => {
    serialize ??= serializerOf(schema)
    return serialize(body)
  }
}
