import { type BuildProblem, throwIfAny } from './problems.ts'
import { type ProgramFiles, readFolder } from './program-files.ts'
import { readProgram } from './read-program.ts'
import { wrapScripts } from './scripts.ts'
import { compileStyles, scopesOf } from './styles.ts'
import { boxedElements, compileTemplates } from './templates.ts'

/** A built Mini Program, compiled for a browser. */
export interface CompiledProgram {
  readonly files: ProgramFiles
  /** Sets `globalThis.miniProgram`. */
  readonly script: string
  /** CSS. */
  readonly styles: string
  /** What runs, but not as on a phone. */
  readonly warnings: readonly BuildProblem[]
}

/** Compiles a built Mini Program. Throws a BuildError where it has problems. */
export function compileProgram(programDir: string): CompiledProgram {
  const { program, problems } = readProgram(readFolder(programDir), '.js')
  const { files, app, theme, units } = program
  const scopes = scopesOf(units)
  const templates = compileTemplates(program)
  const styles = compileStyles(program, scopes)
  const modules = wrapScripts(program)
  throwIfAny([...problems, ...templates.problems, ...styles.problems, ...modules.problems])
  const script = `globalThis.miniProgram = {
app: ${JSON.stringify(app)},
theme: ${JSON.stringify(theme)},
units: ${JSON.stringify(units)},
scopes: ${JSON.stringify(scopes)},
templates: ${templates.code},
modules: ${modules.code}
}
`
  return { files, script, styles: styles.code, warnings: boxedElements(program) }
}
