import { analyze } from 'eslint-scope'
import { parseScript } from './parse-script.ts'

/** An export of Rolldown's, with which an importer sees each later value of a name. */
const GETTER =
  /Object\.defineProperty\(exports,"([\w$]+)",\{enumerable:!0,get:function\(\)\{return ([\w$]+)\}\}\)/g

/**
 * Replaces the getters that export what never changes by assignments, which are a fifth as long. As
 * the exports end a script, only an assignment in a function can come after them.
 */
export function plainExports(file: string, code: string): string {
  const { program } = parseScript(file, code)
  const top = analyze(program, { ecmaVersion: 2022, nodejsScope: false, ignoreEval: true }).globalScope
  const changing = new Set(
    top?.variables
      .filter(({ references }) => references.some((each) => each.isWrite() && each.from !== top))
      .map(({ name }) => name),
  )
  return code.replace(GETTER, (getter, exported: string, name: string) =>
    changing.has(name) ? getter : `exports.${exported}=${name}`,
  )
}
