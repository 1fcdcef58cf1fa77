import type { Plugin } from 'rolldown'
import { parseSync, Visitor } from 'rolldown/utils'

/** Sentences of the contract that document it: OpenAPI is made from them, and nothing on a phone reads them. */
const DOCUMENTATION: ReadonlySet<string> = new Set(['summary', 'description', 'title'])
/** What only the server needs at run time of a route: a phone checks answers, and its requests are checked by their types. */
const SERVER_ONLY: ReadonlySet<string> = new Set([
  'access',
  'idempotent',
  'params',
  'query',
  'body',
  'problems',
])

/** Leaves out of the contract what no phone needs. What this does not recognise stays in. */
export function trimmedContract(): Plugin {
  return {
    name: 'trimmed-contract',
    transform: {
      filter: { id: /\/packages\/contracts\/src\/\w+\.ts$/ },
      handler: (code, id) => withoutProperties(code, id.endsWith('/routes.ts')),
    },
  }
}

function withoutProperties(code: string, isRoutes: boolean): string {
  const gone: { readonly start: number; readonly end: number }[] = []
  const { program } = parseSync('contract.ts', code)
  new Visitor({
    Property: ({ key, value, start, end }) => {
      if (key.type !== 'Identifier' || start < (gone.at(-1)?.end ?? 0)) return
      const documents =
        DOCUMENTATION.has(key.name) && (value.type === 'Literal' || value.type === 'TemplateLiteral')
      if (documents || (isRoutes && SERVER_ONLY.has(key.name))) gone.push({ start, end })
    },
  }).visit(program)
  return gone.reduceRight(
    (text, { start, end }) => text.slice(0, start) + text.slice(end).replace(/^\s*,/, ''),
    code,
  )
}
