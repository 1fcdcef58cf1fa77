import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type BuildProblem, BuildError, lineOf } from './problems.ts'
import { wrapScripts } from './scripts.ts'
import { type ProgramSource, readProgram, readText } from './source.ts'
import { compileStyles, scopesOf } from './styles.ts'
import { compileTemplates } from './templates.ts'

export { BuildError, type BuildProblem } from './problems.ts'

export interface HostedProgramOptions {
  /** The built Mini Program: the directory that would be uploaded. */
  readonly programDir: string
  /** Where the web page goes; emptied first. */
  readonly outDir: string
}

/** Files that are compiled into the page; everything else is copied beside it as an asset. */
const COMPILED = /\.(js|json|wxml|wxss|wxs|map)$/

const page = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>Mini Program</title>
<link rel="stylesheet" href="host.css">
<link rel="stylesheet" href="program.css">
<body>
<script src="program.js"></script>
<script src="host.js"></script>
</body>
</html>
`

/**
 * Makes a web page of a built Mini Program: `index.html`, `program.js`, `program.css`, `host.js`, `host.css` and the
 * assets. The page needs no inline script and no `eval`. Throws a BuildError where the Mini Program is not sound.
 */
export async function buildHostedProgram({ programDir, outDir }: HostedProgramOptions): Promise<void> {
  const source = readProgram(programDir)
  const scopes = scopesOf(source.units)
  const problems = themeProblems(source)
  const templates = collect(problems, () => compileTemplates(source))
  const styles = collect(problems, () => compileStyles(source, scopes))
  const modules = collect(problems, () => wrapScripts(source))
  if (problems.length > 0) throw new BuildError(problems)

  rmSync(outDir, { recursive: true, force: true })
  mkdirSync(outDir, { recursive: true })
  writeFileSync(path.join(outDir, 'index.html'), page)
  writeFileSync(path.join(outDir, 'program.css'), styles)
  writeFileSync(
    path.join(outDir, 'program.js'),
    `globalThis.miniProgram = {
app: ${JSON.stringify(source.app)},
theme: ${JSON.stringify(source.theme)},
units: ${JSON.stringify(source.units)},
scopes: ${JSON.stringify(scopes)},
templates: ${templates},
modules: ${modules}
}
`,
  )
  for (const file of source.files) {
    if (COMPILED.test(file)) continue
    cpSync(path.join(programDir, file), path.join(outDir, 'assets', file), { recursive: true })
  }
  await build({
    entryPoints: {
      host: fileURLToPath(new URL('../browser/index.ts', import.meta.url)),
    },
    outdir: outDir,
    bundle: true,
    format: 'iife',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  cpSync(fileURLToPath(new URL('../browser/host.css', import.meta.url)), path.join(outDir, 'host.css'))
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
