import type { Plugin } from 'rolldown'
import { withoutProperties } from './without-properties.ts'

/** Members that only the server reads: on a phone they would be as old as the build. */
const SERVER_ONLY: ReadonlySet<string> = new Set(['name', 'prices', 'stock'])

/** Reduces the merchant's goods to their ids and pictures. */
export function trimmedGoods(): Plugin {
  return {
    name: 'trimmed-goods',
    transform: {
      filter: { id: /\/merchant\/goods\.ts$/ },
      handler: (code) => withoutProperties(code, (name) => SERVER_ONLY.has(name)),
    },
  }
}
