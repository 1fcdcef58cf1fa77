import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The files of a Mini Program, by paths from its root such as `pages/home/home.wxml`. */
export interface ProgramFiles {
  /** Sorted. */
  readonly names: readonly string[]
  has(name: string): boolean
  text(name: string): string
}

/**
 * The folder of app.json: `dir`, or the one that its project.config.json names as `miniprogramRoot`.
 */
export function programRoot(dir: string): string {
  const config = path.join(dir, 'project.config.json')
  if (existsSync(path.join(dir, 'app.json')) || !existsSync(config)) return dir
  const settings: unknown = JSON.parse(readFileSync(config, 'utf8'))
  const isNamed = typeof settings === 'object' && settings !== null && 'miniprogramRoot' in settings
  return path.join(dir, isNamed ? String(settings.miniprogramRoot) : '')
}

/** What a project has beside its Mini Program and WeChat's tool does not upload. */
const NOT_UPLOADED = /(?:^|\/)(?:node_modules|\.[^/]*)(?:\/|$)/

/** The files in the folder `root`, and `generated` ones by name with their text. */
export function readFolder(root: string, generated: ReadonlyMap<string, string> = new Map()): ProgramFiles {
  const found = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((name) => !NOT_UPLOADED.test(name))
  const names = new Set([...found, ...generated.keys()])
  return {
    names: [...names].toSorted(),
    has: (name) => names.has(name),
    text: (name) => generated.get(name) ?? readFileSync(path.join(root, name), 'utf8'),
  }
}
