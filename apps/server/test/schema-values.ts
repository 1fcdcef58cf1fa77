import { Kind, KindGuard, type StringOptions, type TSchema } from '@sinclair/typebox'
import * as fc from 'fast-check'
import { oddText, type Tree } from './mutations.ts'

/** Values for members of these names, such as existing ids. */
export type Known = Readonly<Record<string, fc.Arbitrary<Tree>>>

/**
 * Values that a schema of the contracts allows. Throws for a kind of schema that it does not know.
 */
export function valuesOf(schema: TSchema, known: Known): fc.Arbitrary<Tree> {
  if (KindGuard.IsObject(schema)) {
    const members = Object.entries(schema.properties).map(([name, member]): [string, fc.Arbitrary<Tree>] => [
      name,
      known[name] ?? valuesOf(member, known),
    ])
    return fc.record(Object.fromEntries(members), { requiredKeys: [...(schema.required ?? [])] })
  }
  if (KindGuard.IsArray(schema)) {
    const { minItems: minLength = 0, maxItems = minLength + 3 } = schema
    return fc.array(valuesOf(schema.items, known), {
      minLength,
      maxLength: Math.min(maxItems, minLength + 3),
    })
  }
  if (KindGuard.IsUnion(schema)) return fc.oneof(...schema.anyOf.map((one) => valuesOf(one, known)))
  if (KindGuard.IsString(schema)) return textsOf(schema)
  if (KindGuard.IsInteger(schema)) {
    const { minimum: min = 0, maximum: max = Number.MAX_SAFE_INTEGER } = schema
    return fc.integer({ min, max })
  }
  if (KindGuard.IsLiteral(schema)) return fc.constant(schema.const)
  if (KindGuard.IsBoolean(schema)) return fc.boolean()
  if (KindGuard.IsNull(schema)) return fc.constant(null)
  if (KindGuard.IsRecord(schema)) return fc.constant({ any: 'thing' })
  throw new Error(`There are no values for a schema of the kind ${schema[Kind]}.`)
}

function textsOf({ pattern, minLength = 0, maxLength = 100 }: StringOptions): fc.Arbitrary<string> {
  // JSON Schema reads a pattern with the flag `u`.
  const texts = pattern === undefined ? oddText : fc.stringMatching(new RegExp(pattern, 'u'), { maxLength })
  return texts.filter(({ length }) => length >= minLength && length <= maxLength)
}
