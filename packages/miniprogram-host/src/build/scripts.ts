import { compileFunction } from 'node:vm'
import { MODULE_GLOBALS } from '../program.ts'
import {
  LANGUAGE_GLOBALS,
  MISSING_GLOBALS,
  PLATFORM_GLOBALS,
  SHARED_GLOBAL,
  WRAPPER_GLOBALS,
} from './phone-globals.ts'
import type { BuildProblem } from './problems.ts'
import type { ProgramSource } from './read-program.ts'

export interface WrappedScripts {
  /** A JavaScript expression, an object of module factories by file name. */
  readonly code: string
  /** Syntax errors. */
  readonly problems: readonly BuildProblem[]
}

/**
 * Wraps every script in functions, as WeChat's loader does, without changing a byte of it. What
 * phones lack is `undefined` in it, and its `globalThis` holds only what phones have.
 */
export function wrapScripts({ files }: ProgramSource): WrappedScripts {
  const problems: BuildProblem[] = []
  const modules = files.names
    .filter((file) => file.endsWith('.js'))
    .map((file) => {
      const script = files.text(file)
      problems.push(...syntaxProblems(file, script))
      return `${JSON.stringify(file)}: function ({ ${MODULE_GLOBALS.join(', ')} }) {
return function (${WRAPPER_GLOBALS.join(', ')}) {
${script}
} }`
    })
  const code = `(function (globalThis, ${MISSING_GLOBALS.join(', ')}) { const ${SHARED_GLOBAL} = globalThis; return {
${modules.join(',\n')}
} })({ ${[...LANGUAGE_GLOBALS, ...PLATFORM_GLOBALS].join(', ')} })`
  return { code, problems }
}

/** Compiles the script and never runs it. */
function syntaxProblems(file: string, script: string): BuildProblem[] {
  try {
    compileFunction(script, [...WRAPPER_GLOBALS], { filename: file })
    return []
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const line = Number(/:(\d+)/.exec(error.stack ?? '')?.[1] ?? 1)
    return [{ file, line, message: error.message }]
  }
}
