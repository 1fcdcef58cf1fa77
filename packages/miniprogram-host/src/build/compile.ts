import { type BuildProblem, describeProblem, throwIfAny } from './problems.ts'
import { type ProgramFiles, programRoot, readFolder } from './program-files.ts'
import { readProgram } from './read-program.ts'
import { wrapScripts } from './scripts.ts'
import { compileStyles, scopesOf } from './styles.ts'
import { boxedElements, compileTemplates } from './templates.ts'

/** A built Mini Program, compiled for a browser. */
export interface CompiledProgram {
  /** The folder of app.json. */
  readonly root: string
  readonly files: ProgramFiles
  /** Sets `globalThis.miniProgram`. */
  readonly script: string
  /** CSS. */
  readonly styles: string
  /** What runs, but not as on a phone. */
  readonly warnings: readonly BuildProblem[]
}

/** Compiles a built Mini Program, or one that needs no build. Throws a BuildError where it has problems. */
export function compileProgram(programDir: string): CompiledProgram {
  const root = programRoot(programDir)
  const { program, problems, warnings } = readProgram(readFolder(root), '.js')
  const { files, app, theme, units, boxedTags } = program
  const scopes = scopesOf(units)
  const templates = compileTemplates(program)
  const styles = compileStyles(program, scopes)
  const modules = wrapScripts(program)
  throwIfAny([...problems, ...templates.problems, ...styles.problems, ...modules.problems])
  const script = `globalThis.miniProgram = {
app: ${JSON.stringify(app)},
theme: ${JSON.stringify(theme)},
warnings: ${JSON.stringify(warnings.map(describeProblem))},
boxedTags: ${JSON.stringify(boxedTags)},
units: ${JSON.stringify(units)},
scopes: ${JSON.stringify(scopes)},
templates: ${templates.code},
modules: ${modules.code}
}
`
  return { root, files, script, styles: styles.code, warnings: [...warnings, ...boxedElements(program)] }
}
