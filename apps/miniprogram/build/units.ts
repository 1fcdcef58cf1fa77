import { resolvePath, type Source } from './source.ts'

/** A page or a component: four files of one name. `components` are the tags it may use. */
export interface Unit {
  readonly path: string
  readonly components: ReadonlySet<string>
}

/** Configuration files are ours and typed by WeChat's documentation; what is read of them is checked here. */
type Json = Readonly<Record<string, unknown>>

export interface Units {
  readonly units: readonly Unit[]
  readonly problems: readonly string[]
}

/** Follows app.json to every page and every component, and tells which of their files are not there. */
export async function findUnits(source: Source): Promise<Units> {
  const problems: string[] = []
  const units = new Map<string, Unit>()
  const app = await readJson(source, 'app.json')
  const pages = strings(app['pages'])
  problems.push(...missingAppFiles(app, pages, source), ...(await themeProblems(source, app)))
  const shared = await addComponents('app.json', app)
  for (const page of pages) await addUnit(page, `app.json names the page ${page}`)
  return { units: [...units.values()], problems }

  async function addUnit(unit: string, because: string): Promise<void> {
    if (units.has(unit)) return
    const missing = ['ts', 'wxml', 'json']
      .map((extension) => `${unit}.${extension}`)
      .filter((file) => !source.files.has(file))
    problems.push(...missing.map((file) => `${file} is missing: ${because}`))
    if (missing.length > 0) return
    const file = `${unit}.json`
    const config = await readJson(source, file)
    const components = new Set(shared)
    units.set(unit, { path: unit, components })
    for (const tag of await addComponents(file, config)) components.add(tag)
  }

  async function addComponents(file: string, config: Json): Promise<ReadonlySet<string>> {
    const declared = Object.entries(record(config['usingComponents']))
    for (const [tag, reference] of declared) {
      await addUnit(resolvePath(file, String(reference)), `${file} uses it as <${tag}>`)
    }
    return new Set(declared.map(([tag]) => tag))
  }
}

function missingAppFiles(app: Json, pages: readonly string[], { files }: Source): readonly string[] {
  const tabs = list(record(app['tabBar'])['list']).map(record)
  const named = [
    app['sitemapLocation'],
    app['themeLocation'],
    ...tabs.flatMap((tab) => [tab['iconPath'], tab['selectedIconPath']]),
  ]
  const missing = strings(named).filter((file) => !files.has(file))
  const noPages = strings(tabs.map((tab) => tab['pagePath'])).filter((page) => !pages.includes(page))
  return [
    ...missing.map((file) => `${file} is missing: app.json names it`),
    ...noPages.map((page) => `app.json has a tab for ${page}, which is no page`),
  ]
}

/** A `@name` in app.json is looked up in theme.json, in the light and in the dark colours. */
async function themeProblems(source: Source, app: Json): Promise<readonly string[]> {
  const location = app['themeLocation']
  if (typeof location !== 'string' || !source.files.has(location)) return []
  const theme = await readJson(source, location)
  const names = Array.from(JSON.stringify(app).matchAll(/"@(\w+)"/g), ([, name = '']) => name)
  return ['light', 'dark'].flatMap((scheme) =>
    names
      .filter((name) => !(name in record(theme[scheme])))
      .map((name) => `${location} has no ${scheme} @${name}, which app.json uses`),
  )
}

async function readJson(source: Source, file: string): Promise<Json> {
  const value: unknown = JSON.parse(await source.text(file))
  return record(value)
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function strings(value: unknown): readonly string[] {
  return list(value).filter((item) => typeof item === 'string')
}
