import { type AppConfig, CUSTOM_TAB_BAR, type ThemeVariables, type UnitConfig } from '../program.ts'
import { candidatePaths, resolvePath } from '../paths.ts'
import { readAppConfig } from './app-config.ts'
import { BuildError, type BuildProblem, lineOf, throwIfAny } from './problems.ts'
import type { ProgramFiles } from './program-files.ts'

/** A Mini Program before it is compiled. */
export interface ProgramSource {
  readonly files: ProgramFiles
  readonly app: AppConfig
  readonly theme: ThemeVariables
  /** The pages and every component they use, by path without extension. */
  readonly units: Readonly<Record<string, UnitConfig>>
  /** The tags of components that the host lacks. */
  readonly boxedTags: readonly string[]
}

export interface ReadResult {
  readonly program: ProgramSource
  readonly problems: readonly BuildProblem[]
  /** What the configuration asks for and the host lacks. */
  readonly warnings: readonly BuildProblem[]
}

/**
 * Reads the configuration and follows it to every page and component. `script` is the extension of
 * the scripts: `.js` in a built Mini Program, `.ts` in its source. Throws a BuildError where there
 * is no app.json to follow.
 */
export function readProgram(files: ProgramFiles, script: '.js' | '.ts'): ReadResult {
  const problems: BuildProblem[] = []
  if (!files.has('app.json')) throw new BuildError([{ file: 'app.json', message: 'the file is missing' }])
  const json = readJson(files, 'app.json', problems)
  throwIfAny(problems)
  const { app: declared, warnings } = readAppConfig(files, json)
  problems.push(...appProblems(files, declared, script))
  const { app, units, ...found } = readUnits(files, declared, script)
  problems.push(...found.problems)
  const theme = readTheme(files, app, problems)
  problems.push(...themedIconProblems(files, app, theme))
  const boxedTags = [...new Set(found.boxed.map(({ tag }) => tag))]
  const program = { files, app, theme, units, boxedTags }
  problems.push(...themeProblems(program))
  return { program, problems, warnings: [...warnings, ...found.boxed.map(({ warning }) => warning)] }
}

/** A component of a plugin, which the host draws as a box. */
interface Boxed {
  readonly tag: string
  readonly warning: BuildProblem
}

interface FoundUnits {
  /** app.json with its components as the host finds them. */
  readonly app: AppConfig
  readonly units: ProgramSource['units']
  readonly boxed: readonly Boxed[]
  readonly problems: readonly BuildProblem[]
}

/** What is not in the Mini Program's own files (developers.weixin.qq.com, plugins, usingComponents). */
const FOREIGN = /^(?:plugin|plugin-private|dynamicLib|ext):\/\//

/** Follows app.json to every page, and each page to its components. */
function readUnits(files: ProgramFiles, app: AppConfig, script: string): FoundUnits {
  const units: Record<string, UnitConfig> = {}
  const boxed: Boxed[] = []
  const problems: BuildProblem[] = []
  const visit = (unit: string, extensions: readonly string[], namedIn: string, reference: string): void => {
    if (unit in units) return
    const missing = extensions.map((extension) => unit + extension).filter((file) => !files.has(file))
    if (missing.length > 0) {
      const line = lineOf(files.text(namedIn), JSON.stringify(reference))
      problems.push(...missing.map((file) => ({ file: namedIn, line, message: `${file} is missing` })))
      return
    }
    const file = `${unit}.json`
    const config: UnitConfig = files.has(file) ? readJson(files, file, problems) : {}
    // Before its components, which may use this one.
    units[unit] = config
    units[unit] = visitComponents(file, config)
  }
  const visitComponents = <C extends AppConfig | UnitConfig>(file: string, config: C): C => {
    if (config.usingComponents === undefined) return config
    const usingComponents: Record<string, string> = {}
    for (const [tag, reference] of Object.entries(config.usingComponents)) {
      if (FOREIGN.test(reference)) {
        const line = lineOf(files.text(file), JSON.stringify(reference))
        const message = `this host draws <${tag}> as a box: it has no ${reference}`
        boxed.push({ tag, warning: { file, line, message } })
        continue
      }
      const paths = candidatePaths(file, reference)
      const unit = paths.find((path) => files.has(`${path}.wxml`)) ?? resolvePath(file, reference)
      usingComponents[tag] = `/${unit}`
      visit(unit, ['.json', script, '.wxml'], file, reference)
    }
    return { ...config, usingComponents }
  }
  for (const page of app.pages) visit(page, [script, '.wxml'], 'app.json', page)
  if (app.tabBar?.custom === true) visit(CUSTOM_TAB_BAR, ['.json', script, '.wxml'], 'app.json', 'tabBar')
  return { app: visitComponents('app.json', app), units, boxed, problems }
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
