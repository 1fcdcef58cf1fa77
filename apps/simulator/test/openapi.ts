import { existsSync, readFileSync } from 'node:fs'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

const folder = new URL('../../../../shared/openapi/', import.meta.url)

/** Adyen's published descriptions are beside the repository, not in it. */
export const openApiMissing = existsSync(folder)
  ? false
  : `Adyen's OpenAPI files are not at ${folder.pathname}`

type Checker = (fragment: string, value: unknown) => string[]

const checkers = new Map<string, Checker>()

/**
 * Checks values against the schemas of one of Adyen's files. A fragment is a JSON pointer into it.
 */
export function openApi(file: string): Checker {
  const checker = checkers.get(file) ?? createChecker(file)
  checkers.set(file, checker)
  return checker
}

function createChecker(file: string): Checker {
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false })
  addFormats.default(ajv)
  const document: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  if (typeof document !== 'object' || document === null) throw new TypeError(`${file} is not a JSON object.`)
  ajv.addSchema(document, file)
  const compiled = new Map<string, ValidateFunction>()
  return (fragment, value) => {
    const validate = compiled.get(fragment) ?? ajv.compile({ $ref: `${file}#${fragment}` })
    compiled.set(fragment, validate)
    if (validate(value)) return []
    return (validate.errors ?? []).map(({ instancePath, message = '', params }) => {
      const extra: unknown = params['additionalProperty']
      return `${instancePath} ${message}${typeof extra === 'string' ? ` '${extra}'` : ''}`
    })
  }
}

/** A JSON pointer of these parts. */
export function pointer(...parts: string[]): string {
  return parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

const Schemas = Type.Object({
  components: Type.Object({
    schemas: Type.Record(
      Type.String(),
      Type.Object({ properties: Type.Optional(Type.Record(Type.String(), Type.Unknown())) }),
    ),
  }),
})

/** The names of the properties of a schema in one of Adyen's files. */
export function propertiesOf(file: string, schema: string): readonly string[] {
  const document: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  return Object.keys(Parse(Schemas, document).components.schemas[schema]?.properties ?? {})
}
