import type { Plugin } from 'rolldown'
import { withoutProperties } from './without-properties.ts'

/** What the server alone says of the goods: on a phone it would be a price of the day of the build. */
const SERVER_ONLY: ReadonlySet<string> = new Set(['name', 'prices', 'stock'])

/** Leaves of the merchant's goods their ids and pictures. */
export function trimmedGoods(): Plugin {
  return {
    name: 'trimmed-goods',
    transform: {
      filter: { id: /\/merchant\/goods\.ts$/ },
      handler: (code) => withoutProperties(code, (name) => SERVER_ONLY.has(name)),
    },
  }
}
