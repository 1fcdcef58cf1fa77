import type { Plugin } from 'rolldown'
import { withoutProperties } from './without-properties.ts'

/** Members that document the contract, for OpenAPI. */
const DOCUMENTATION: ReadonlySet<string> = new Set(['summary', 'description', 'title'])
/** Members of a route that only the server reads: a phone checks the answers alone. */
const SERVER_ONLY: ReadonlySet<string> = new Set([
  'access',
  'idempotent',
  'params',
  'query',
  'body',
  'problems',
])

/** Removes from the contract what no phone needs. Members that it does not recognise remain. */
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
