import type { Plugin } from 'rolldown'
import { withoutProperties } from './without-properties.ts'

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
      filter: { id: /\/packages\/contracts\/src\/.+\.ts$/ },
      handler: (code, id) =>
        withoutProperties(code, (name, type) => {
          const documents = DOCUMENTATION.has(name) && (type === 'Literal' || type === 'TemplateLiteral')
          return documents || (id.includes('/contracts/src/routes/') && SERVER_ONLY.has(name))
        }),
    },
  }
}
