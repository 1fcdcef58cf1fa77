import { compileFunction } from 'node:vm'
import { transformSync } from 'esbuild'
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
 * Wraps every script in functions, as WeChat's loader does. Only an ES module is changed, into the
 * CommonJS that WeChat's tool makes of it. What
 * phones lack is `undefined` in it, and its `globalThis` holds only what phones have.
 */
export function wrapScripts({ files }: ProgramSource): WrappedScripts {
  const problems: BuildProblem[] = []
  const modules = files.names
    .filter((file) => file.endsWith('.js'))
    .map((file) => {
      const script = asCommonJs(files.text(file), file)
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

/** A statement that only an ES module has. */
const MODULE_SYNTAX =
  /^\s*(?:import\s*(?:[\w{*]|['"])|export\s*(?:[{*]|default\b|const\b|let\b|var\b|function\b|class\b|async\b))/m

/** The script as it is, or as CommonJS if it is an ES module. */
function asCommonJs(script: string, file: string): string {
  if (!MODULE_SYNTAX.test(script) || syntaxProblems(file, script).length === 0) return script
  try {
    return transformSync(script, { format: 'cjs', target: 'es2020', sourcefile: file, logLevel: 'silent' })
      .code
  } catch (error) {
    // Its syntax errors are found again, with their lines, where every script is compiled.
    if (error instanceof Error && 'errors' in error) return script
    throw error
  }
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
