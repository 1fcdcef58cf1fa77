import type { analyze } from 'eslint-scope'
import { parseSync } from 'rolldown/utils'

/** A built script as the tree that eslint-scope reads, with the errors of its syntax. */
export function parseScript(file: string, code: string) {
  const { program, errors } = parseSync(file, code, { lang: 'js', sourceType: 'script', range: true })
  if (!isScript(program)) throw new TypeError('The parser did not return a program.')
  return { program, errors }
}

/** Rolldown's typings describe TypeScript too; the tree of a script is plain ESTree. */
function isScript<P extends object>(program: P): program is P & Parameters<typeof analyze>[0] {
  return 'type' in program && program.type === 'Program'
}
