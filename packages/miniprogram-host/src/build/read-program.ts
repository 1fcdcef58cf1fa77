import type { AppConfig, ThemeVariables, UnitConfig } from '../program.ts'
import { resolvePath } from '../paths.ts'
import { BuildError, type BuildProblem, lineOf, throwIfAny } from './problems.ts'
import type { ProgramFiles } from './program-files.ts'

/** A Mini Program before it is compiled. */
export interface ProgramSource {
  readonly files: ProgramFiles
  readonly app: AppConfig
  readonly theme: ThemeVariables
  /** The pages and every component they use, by path without extension. */
  readonly units: Readonly<Record<string, UnitConfig>>
}

export interface ReadResult {
  readonly program: ProgramSource
  readonly problems: readonly BuildProblem[]
}

/**
 * Reads the configuration and follows it to every page and component. `script` is the extension of
 * the scripts: `.js` in a built Mini Program, `.ts` in its source. Throws a BuildError where there
 * is no app.json to follow.
 */
export function readProgram(files: ProgramFiles, script: '.js' | '.ts'): ReadResult {
  const problems: BuildProblem[] = []
  if (!files.has('app.json')) throw new BuildError([{ file: 'app.json', message: 'the file is missing' }])
  const app: AppConfig = { pages: [], ...readJson(files, 'app.json', problems) }
  throwIfAny(problems)
  problems.push(...appProblems(files, app, script))
  const units = readUnits(files, app, script, problems)
  const theme = readTheme(files, app, problems)
  problems.push(...themedIconProblems(files, app, theme))
  const program = { files, app, theme, units }
  problems.push(...themeProblems(program))
  return { program, problems }
}

/** Follows app.json to every page, and each page to its components. */
function readUnits(
  files: ProgramFiles,
  app: AppConfig,
  script: string,
  problems: BuildProblem[],
): ProgramSource['units'] {
  const units: Record<string, UnitConfig> = {}
  const visit = (unit: string, namedIn: string, reference: string): void => {
    if (unit in units) return
    const missing = ['.json', script, '.wxml']
      .map((extension) => unit + extension)
      .filter((file) => !files.has(file))
    if (missing.length > 0) {
      const line = lineOf(files.text(namedIn), JSON.stringify(reference))
      problems.push(...missing.map((file) => ({ file: namedIn, line, message: `${file} is missing` })))
      return
    }
    const config: UnitConfig = readJson(files, `${unit}.json`, problems)
    units[unit] = config
    visitComponents(`${unit}.json`, config)
  }
  const visitComponents = (file: string, { usingComponents = {} }: AppConfig | UnitConfig): void => {
    for (const reference of Object.values(usingComponents))
      visit(resolvePath(file, reference), file, reference)
  }
  for (const page of app.pages) visit(page, 'app.json', page)
  visitComponents('app.json', app)
  return units
}

/** Trusts the types of WeChat's documentation; the checks here cover what the host relies on. */
function readJson(files: ProgramFiles, file: string, problems: BuildProblem[]) {
  try {
    return JSON.parse(files.text(file))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    problems.push({ file, line: 1, message: error.message })
    return {}
  }
}

function readTheme(files: ProgramFiles, app: AppConfig, problems: BuildProblem[]): ThemeVariables {
  const empty: ThemeVariables = { light: {}, dark: {} }
  if (app.themeLocation === undefined || !files.has(app.themeLocation)) return empty
  return { ...empty, ...readJson(files, app.themeLocation, problems) }
}

/** Faults in app.json itself; its pages and components have their own. */
function appProblems(files: ProgramFiles, app: AppConfig, script: string): BuildProblem[] {
  const text = files.text('app.json')
  const at = (part: string, message: string): BuildProblem => ({
    file: 'app.json',
    line: lineOf(text, JSON.stringify(part)),
    message,
  })
  const problems: BuildProblem[] = []
  if (app.pages.length === 0) problems.push(at('pages', 'there are no pages'))
  if (!files.has(`app${script}`)) problems.push({ file: 'app.json', message: `app${script} is missing` })
  const tabs = app.tabBar?.list ?? []
  for (const { pagePath } of tabs)
    if (!app.pages.includes(pagePath)) problems.push(at(pagePath, `the tab ${pagePath} is not in "pages"`))
  const named = [
    app.themeLocation,
    app.sitemapLocation,
    ...tabs.flatMap(({ iconPath, selectedIconPath }) => [iconPath, selectedIconPath]),
  ]
  for (const reference of new Set(named)) {
    if (reference === undefined || reference.startsWith('@')) continue
    const file = resolvePath('app.json', reference)
    if (!files.has(file)) problems.push(at(reference, `${file} is missing`))
  }
  return problems
}

/** Icons of tabs that theme.json names and that do not exist. */
function themedIconProblems(files: ProgramFiles, app: AppConfig, theme: ThemeVariables): BuildProblem[] {
  const icons = (app.tabBar?.list ?? []).flatMap(({ iconPath, selectedIconPath }) => [
    iconPath,
    selectedIconPath,
  ])
  const variables = icons.filter((icon) => icon?.startsWith('@') === true).map((icon) => icon?.slice(1) ?? '')
  const named = variables.flatMap((name) => [theme.light[name], theme.dark[name]])
  return [...new Set(named)].flatMap((reference) => {
    if (reference === undefined || app.themeLocation === undefined) return []
    const file = resolvePath('app.json', reference)
    if (files.has(file)) return []
    const line = lineOf(files.text(app.themeLocation), JSON.stringify(reference))
    return [{ file: app.themeLocation, line, message: `${file} is missing` }]
  })
}

/** Variables that window or tab bar settings use and theme.json does not define. */
function themeProblems({ files, app, theme, units }: ProgramSource): BuildProblem[] {
  const configs: [string, unknown][] = [['app.json', [app.window, app.tabBar]]]
  for (const [unit, config] of Object.entries(units)) configs.push([`${unit}.json`, config])
  return configs.flatMap(([file, config]) =>
    [...JSON.stringify(config).matchAll(/:"@(\w+)"/g)].flatMap(([, name = '']) =>
      (['light', 'dark'] as const)
        .filter((scheme) => !(name in theme[scheme]))
        .map((scheme) => ({
          file,
          line: lineOf(files.text(file), `"@${name}"`),
          message: `the ${scheme} theme does not define @${name}`,
        })),
    ),
  )
}
