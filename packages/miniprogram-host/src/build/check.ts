import type { BuildProblem } from './problems.ts'
import type { ProgramFiles } from './program-files.ts'
import { readProgram } from './read-program.ts'
import { compileTemplates } from './templates.ts'

export {
  LANGUAGE_GLOBALS,
  PHONE_ENGINES,
  PLATFORM_GLOBALS,
  SHARED_GLOBAL,
  WRAPPER_GLOBALS,
} from './phone-globals.ts'
export { BuildError, type BuildProblem, describeProblem, lineAt, throwIfAny } from './problems.ts'
export { type ProgramFiles, readFolder } from './program-files.ts'
export { MODULE_GLOBALS, PRIVATE_APIS } from '../program.ts'

export interface CheckedSource {
  /** The pages and every component they use, by path without extension. */
  readonly units: readonly string[]
  readonly problems: readonly BuildProblem[]
}

/** Checks the configuration, the files and the templates of a Mini Program's TypeScript source. */
export function checkSource(files: ProgramFiles): CheckedSource {
  const { program, problems } = readProgram(files, '.ts')
  return {
    units: Object.keys(program.units),
    problems: [...problems, ...compileTemplates(program).problems],
  }
}
