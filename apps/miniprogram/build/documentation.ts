import type { Plugin } from 'rolldown'

const TEXT = /(?:summary|description): (?:'[^'\n]*'|"[^"\n]*"|`[^`\n]*`)/.source

/**
 * Leaves the sentences of the contract that document it (OpenAPI is made from them) out of the package: nothing on a
 * phone reads them. What this does not recognise stays in; what it would break is no script, and fails the build.
 */
export function withoutDocumentation(): Plugin {
  return {
    name: 'without-documentation',
    transform: {
      filter: { id: /\/packages\/contracts\/src\/\w+\.ts$/ },
      handler: (code) =>
        code.replace(new RegExp(`,\\s*${TEXT}`, 'g'), '').replace(new RegExp(`\\b${TEXT},?`, 'g'), ''),
    },
  }
}
