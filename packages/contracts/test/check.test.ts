import type { TSchema } from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { check, type CheckedSchema, Problem, type Route, shopperRoutes, Session } from '../src/index.ts'

const routes: readonly Route[] = Object.values(shopperRoutes)
const schemas = [
  ...routes.map(({ answer }) => answer),
  ...routes.flatMap(({ body }) => body ?? []),
  Problem,
  Session,
]

/** Values that are likely to match a schema. */
function values({
  type,
  anyOf,
  properties = {},
  required = [],
  items,
  ...rest
}: CheckedSchema): fc.Arbitrary<unknown> {
  if (anyOf !== undefined) return fc.oneof(...anyOf.map(values))
  if (rest.const !== undefined) return fc.constant(rest.const)
  switch (type) {
    case 'object': {
      const members = Object.entries(properties).map(([name, node]) => [name, values(node)] as const)
      return fc.record(Object.fromEntries(members), { requiredKeys: [...required] })
    }
    case 'array':
      return fc.array(items === undefined ? fc.anything() : values(items), { maxLength: 3 })
    case 'integer':
      return fc.oneof(
        fc.integer({ min: (rest.minimum ?? 0) - 2, max: (rest.minimum ?? 0) + 5 }),
        fc.constant((rest.maximum ?? 9) + 1),
      )
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case undefined:
    case 'string':
    default:
      return fc.oneof(
        fc.string({ minLength: rest.minLength ?? 0, maxLength: rest.maxLength ?? 8 }),
        fc.stringMatching(/^[A-Za-z0-9_-]{0,66}$/),
        fc.constantFrom('requestPayment:ok', 'prepay_id=wx1', `requestPayment:${'x'.repeat(300)}`),
      )
  }
}

/** The value with one part removed, replaced or added. */
function withChange(value: unknown, path: readonly number[], part: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined || typeof value !== 'object' || value === null) return part
  if (Array.isArray(value)) {
    const at = step % (value.length + 1)
    return [...value.slice(0, at), withChange(value[at], rest, part), ...value.slice(at + 1)]
  }
  const members = Object.entries(value)
  const [name = 'added', member] = members[step % (members.length + 1)] ?? []
  return { ...value, [name]: withChange(member, rest, part) }
}

/** The schema without `additionalProperties`, which allows unknown members. */
function open(schema: TSchema): TSchema {
  const { additionalProperties: _, ...rest } = schema
  const members = Object.entries<TSchema>(schema['properties'] ?? {}).map(([name, node]) => [
    name,
    open(node),
  ])
  return {
    ...rest,
    ...(schema['properties'] === undefined ? {} : { properties: Object.fromEntries(members) }),
    ...(schema['items'] === undefined ? {} : { items: open(schema['items']) }),
    ...(schema['anyOf'] === undefined ? {} : { anyOf: schema['anyOf'].map(open) }),
  }
}

describe('check', () => {
  test.each(schemas.map((schema, index) => [`${schema.title ?? 'answer'} (${index})`, schema] as const))(
    'agrees with TypeBox on %s, and allows unknown members',
    (_, schema) => {
      const opened = open(schema)
      const counts = { valid: 0, invalid: 0 }
      fc.assert(
        fc.property(
          values(schema),
          fc.array(fc.nat({ max: 30 }), { maxLength: 4 }),
          fc.oneof(fc.constant(undefined), fc.jsonValue(), fc.constantFrom(-1, 1.5, 'toString', [], {})),
          fc.boolean(),
          (value, path, part, change) => {
            const candidate = change ? withChange(value, path, part) : value
            const isValid = Check(opened, candidate)
            counts[isValid ? 'valid' : 'invalid'] += 1
            expect(check(schema, candidate)).toBe(isValid)
          },
        ),
        { numRuns: 400 },
      )
      expect(counts.invalid).toBeGreaterThan(0)
    },
  )

  test('supports every keyword that these schemas use', () => {
    const known =
      `type const anyOf properties required additionalProperties items minItems maxItems minimum maximum
      minLength maxLength pattern title description`.split(/\s+/)
    const keywords = new Set<string>()
    const collect = (node: object): void => {
      for (const [keyword, value] of Object.entries(node)) {
        keywords.add(keyword)
        if (keyword === 'items') collect(value)
        if (keyword === 'anyOf' || keyword === 'properties') Object.values<object>(value).forEach(collect)
      }
    }
    schemas.forEach(collect)
    expect([...keywords].filter((keyword) => !known.includes(keyword))).toEqual([])
  })
})
