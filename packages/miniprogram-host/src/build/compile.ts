import { type BuildProblem, BuildError, lineOf } from './problems.ts'
import { wrapScripts } from './scripts.ts'
import { type ProgramSource, readProgram, readText } from './source.ts'
import { compileStyles, scopesOf } from './styles.ts'
import { compileTemplates } from './templates.ts'

/** A built Mini Program as a browser takes it. */
export interface CompiledProgram {
  readonly source: ProgramSource
  /** Leaves the program in `globalThis.miniProgram`. */
  readonly script: string
  /** CSS. */
  readonly styles: string
}

/** Compiles a built Mini Program. Throws a BuildError where it is not sound. */
export function compileProgram(programDir: string): CompiledProgram {
  const source = readProgram(programDir)
  const scopes = scopesOf(source.units)
  const problems = themeProblems(source)
  const templates = collect(problems, () => compileTemplates(source))
  const styles = collect(problems, () => compileStyles(source, scopes))
  const modules = collect(problems, () => wrapScripts(source))
  if (problems.length > 0) throw new BuildError(problems)
  const script = `globalThis.miniProgram = {
app: ${JSON.stringify(source.app)},
theme: ${JSON.stringify(source.theme)},
units: ${JSON.stringify(source.units)},
scopes: ${JSON.stringify(scopes)},
templates: ${templates},
modules: ${modules}
}
`
  return { source, script, styles }
}

function collect(problems: BuildProblem[], compile: () => string): string {
  try {
    return compile()
  } catch (error) {
    if (!(error instanceof BuildError)) throw error
    problems.push(...error.problems)
    return ''
  }
}

/** A variable of theme.json that window or tab bar settings use, and a theme does not have. */
function themeProblems({ dir, app, theme, units }: ProgramSource): BuildProblem[] {
  const configs: [string, unknown][] = [['app.json', [app.window, app.tabBar]]]
  for (const [unit, config] of Object.entries(units)) configs.push([`${unit}.json`, config])
  return configs.flatMap(([file, config]) =>
    [...JSON.stringify(config).matchAll(/:"@(\w+)"/g)].flatMap(([, name = '']) =>
      (['light', 'dark'] as const)
        .filter((each) => !(name in theme[each]))
        .map((each) => ({
          file,
          line: lineOf(readText(dir, file), `@${name}`),
          message: `@${name} is not in the ${each} part of theme.json`,
        })),
    ),
  )
}
