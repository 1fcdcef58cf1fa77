import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { AppConfig, ThemeVariables, UnitConfig } from '../program.ts'
import { type BuildProblem, BuildError, lineOf } from './problems.ts'

/** A built Mini Program as it lies on disk. */
export interface ProgramSource {
  readonly dir: string
  /** Every file, relative to `dir`, with forward slashes. */
  readonly files: readonly string[]
  readonly app: AppConfig
  readonly theme: ThemeVariables
  /** Pages and the components they reach, by path without extension. */
  readonly units: Readonly<Record<string, UnitConfig>>
}

export function readText(dir: string, file: string): string {
  return readFileSync(path.join(dir, file), 'utf8')
}

/** `pages/home/home.wxml` → `pages/home/home` */
export function stemOf(file: string): string {
  return file.slice(0, file.length - path.posix.extname(file).length)
}

/** Where `reference`, written in the unit `from`, points: an absolute path starts at the Mini Program's root. */
export function resolveFrom(from: string, reference: string): string {
  return reference.startsWith('/') ? reference.slice(1) : path.posix.join(path.posix.dirname(from), reference)
}

/** Reads the directory that would be uploaded. Throws a BuildError that names every page or component missing. */
export function readProgram(dir: string): ProgramSource {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .toSorted()
  const known = new Set(files)
  if (!known.has('app.json'))
    throw new BuildError([{ file: 'app.json', line: 1, message: `is missing in ${dir}` }])

  const problems: BuildProblem[] = []
  const app: AppConfig = readJson(dir, 'app.json', problems)
  const units: Record<string, UnitConfig> = {}

  const visit = (unit: string, namedIn: string, reference: string): void => {
    if (unit in units) return
    const missing = ['.json', '.js', '.wxml'].filter((extension) => !known.has(unit + extension))
    if (missing.length > 0) {
      const line = lineOf(readText(dir, namedIn), JSON.stringify(reference))
      problems.push({ file: namedIn, line, message: `${reference}: ${unit}${missing.join(', ')} is missing` })
      return
    }
    const config: UnitConfig = readJson(dir, `${unit}.json`, problems)
    units[unit] = config
    visitComponents(unit, `${unit}.json`, config)
  }
  const visitComponents = (from: string, namedIn: string, config: AppConfig | UnitConfig): void => {
    for (const reference of Object.values(config.usingComponents ?? {}))
      visit(resolveFrom(from, reference), namedIn, reference)
  }

  for (const page of app.pages ?? []) visit(page, 'app.json', page)
  visitComponents('app', 'app.json', app)
  const theme = readTheme(dir, app, known, problems)
  problems.push(...appProblems(dir, app, known))
  if (problems.length > 0) throw new BuildError(problems)
  return { dir, files, app, theme, units }
}

/** JSON as it stands. Its shape is WeChat's; what the host relies on is checked where it is used. */
function readJson(dir: string, file: string, problems: BuildProblem[]) {
  try {
    return JSON.parse(readText(dir, file))
  } catch (error) {
    problems.push({ file, line: 1, message: error instanceof Error ? error.message : String(error) })
    return {}
  }
}

function readTheme(
  dir: string,
  app: AppConfig,
  known: ReadonlySet<string>,
  problems: BuildProblem[],
): ThemeVariables {
  const none: ThemeVariables = { light: {}, dark: {} }
  if (app.themeLocation === undefined) return none
  if (known.has(app.themeLocation)) {
    const theme: Partial<ThemeVariables> = readJson(dir, app.themeLocation, problems)
    return { ...none, ...theme }
  }
  problems.push({
    file: 'app.json',
    line: lineOf(readText(dir, 'app.json'), '"themeLocation"'),
    message: `${app.themeLocation} is missing`,
  })
  return none
}

function appProblems(dir: string, app: AppConfig, known: ReadonlySet<string>): BuildProblem[] {
  const text = readText(dir, 'app.json')
  const at = (part: string, message: string): BuildProblem => ({
    file: 'app.json',
    line: lineOf(text, part),
    message,
  })
  const problems: BuildProblem[] = []
  if ((app.pages ?? []).length === 0) problems.push(at('"pages"', 'there are no pages'))
  if (!known.has('app.js')) problems.push(at('{', 'app.js is missing'))
  for (const item of app.tabBar?.list ?? []) {
    if (!app.pages.includes(item.pagePath))
      problems.push(at(item.pagePath, `tabBar: ${item.pagePath} is not in "pages"`))
    for (const icon of [item.iconPath, item.selectedIconPath])
      if (icon !== undefined && !known.has(resolveFrom('app', icon)))
        problems.push(at(icon, `tabBar: ${icon} is missing`))
  }
  return problems
}
