import type { AppConfig } from '../program.ts'
import { type BuildProblem, lineOf } from './problems.ts'
import type { ProgramFiles } from './program-files.ts'
import { CUSTOM_TAB_BAR } from '../program.ts'

/** A subpackage (developers.weixin.qq.com, subpackages); its pages are relative to its root. */
interface Subpackage {
  readonly root: string
  readonly pages?: readonly string[]
  readonly independent?: boolean
}

/** What app.json may hold, as WeChat's documentation types it. */
interface AppJson extends Partial<AppConfig> {
  readonly subPackages?: readonly Subpackage[]
  readonly subpackages?: readonly Subpackage[]
  readonly preloadRule?: unknown
  readonly plugins?: unknown
  readonly workers?: unknown
  readonly functionalPages?: unknown
  readonly renderer?: string
}

/** What the host does not do for a member of app.json. */
const LACKING = {
  preloadRule: 'this host loads every subpackage with the program',
  plugins: 'this host runs no plugins',
  workers: 'this host runs no workers',
  functionalPages: 'this host opens no functional pages',
} as const satisfies Partial<Record<keyof AppJson, string>>

export interface ReadAppConfig {
  readonly app: AppConfig
  /** What app.json asks for and the host does otherwise. */
  readonly warnings: readonly BuildProblem[]
}

/** The configuration in app.json, with the pages of its subpackages among its pages. */
export function readAppConfig(files: ProgramFiles, json: AppJson): ReadAppConfig {
  const text = files.text('app.json')
  const warnings: BuildProblem[] = []
  const warn = (part: string, message: string): void =>
    void warnings.push({ file: 'app.json', line: lineOf(text, JSON.stringify(part)), message })

  for (const [member, message] of Object.entries(LACKING))
    if (member in json) warn(member, `"${member}" is ignored: ${message}`)
  if (json.renderer === 'skyline') warn('renderer', 'this host draws Skyline pages as it draws the others')

  const subpackages = [...(json.subPackages ?? []), ...(json.subpackages ?? [])]
  for (const { root, independent } of subpackages)
    if (independent === true)
      warn(root, `the independent subpackage ${root} starts with the app in this host`)
  const inSubpackages = subpackages.flatMap(({ root, pages = [] }) =>
    pages.map((page) => `${root.replace(/^\/|\/$/g, '')}/${page.replace(/^\//, '')}`),
  )
  const pages = [...new Set([...(json.pages ?? []), ...inSubpackages])]

  const { subPackages: _, subpackages: __, tabBar, ...rest } = json
  if (tabBar?.custom === true && !files.has(`${CUSTOM_TAB_BAR}.wxml`)) {
    warn('custom', `${CUSTOM_TAB_BAR}.wxml is missing: this host draws the tab bar by its list`)
    return { app: { ...rest, pages, tabBar: { ...tabBar, custom: false } }, warnings }
  }
  return { app: { ...rest, pages, ...(tabBar === undefined ? {} : { tabBar }) }, warnings }
}
