import {
  type BuildProblem,
  LANGUAGE_GLOBALS,
  lineAt,
  MODULE_GLOBALS,
  PLATFORM_GLOBALS,
  SHARED_GLOBAL,
  WRAPPER_GLOBALS,
} from '@tael/miniprogram-host/check'
import { analyze } from 'eslint-scope'
import { type ESTree, Visitor } from 'rolldown/utils'
import { parseScript } from './parse-script.ts'

const allowedGlobals: ReadonlySet<string> = new Set([
  // Phones have Function but refuse to create functions from text.
  ...LANGUAGE_GLOBALS.filter((name) => name !== 'Function'),
  ...PLATFORM_GLOBALS,
  ...MODULE_GLOBALS,
  ...WRAPPER_GLOBALS,
  SHARED_GLOBAL,
])

/** Finds what would fail on a phone in a built script: missing globals, `eval`, unknown syntax. */
export function phoneProblems(file: string, code: string): readonly BuildProblem[] {
  const problemAt = (index: number, message: string): BuildProblem => {
    return { file, line: lineAt(code, index), message }
  }
  const { program, errors } = parseScript(file, code)
  if (errors.length > 0) return errors.map(({ message, labels }) => problemAt(labels[0]?.start ?? 0, message))

  const { typeofNames, members, lookbehinds } = readSyntax(program)
  const globals = undeclaredNames(program).flatMap(({ name, index }) => {
    if (typeofNames.has(index)) return []
    // `globalThis.X` is another spelling of X.
    const used = name === 'globalThis' ? (members.get(index) ?? 'globalThis[…]') : name
    return allowedGlobals.has(used) ? [] : [problemAt(index, `${used} is not a global on every phone`)]
  })
  return [
    ...globals,
    ...lookbehinds.map((index) => problemAt(index, 'iOS before 16.4 cannot parse a lookbehind')),
  ]
}

/** The uses of names that the script does not declare, by their index in the code. */
function undeclaredNames(
  program: Parameters<typeof analyze>[0],
): { readonly name: string; readonly index: number }[] {
  const { globalScope } = analyze(program, { ecmaVersion: 2022, nodejsScope: true, ignoreEval: true })
  const references = globalScope?.through ?? []
  return references.map(({ identifier: { name, range } }) => ({ name, index: range?.[0] ?? 0 }))
}

/** No build step can rewrite a lookbehind, wherever it ends up in a RegExp. */
const LOOKBEHIND = /\(\?<[=!]/

/** The parts of the syntax that decide about a name or a literal, by their index in the code. */
function readSyntax(program: ESTree.Program) {
  /** The names after `typeof`, which may ask about any global. */
  const typeofNames = new Set<number>()
  /** The property of each `name.property`. */
  const members = new Map<number, string>()
  const lookbehinds: number[] = []
  new Visitor({
    UnaryExpression: ({ operator, argument }) => {
      if (operator === 'typeof' && argument.type === 'Identifier') typeofNames.add(argument.start)
    },
    MemberExpression: ({ object, property, computed }) => {
      if (object.type === 'Identifier' && property.type === 'Identifier' && !computed)
        members.set(object.start, property.name)
    },
    Literal: (literal) => {
      const text = 'regex' in literal ? literal.regex.pattern : literal.value
      if (typeof text === 'string' && LOOKBEHIND.test(text)) lookbehinds.push(literal.start)
    },
  }).visit(program)
  return { typeofNames, members, lookbehinds }
}
