import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The files of a Mini Program, by paths from its root such as `pages/home/home.wxml`. */
export interface ProgramFiles {
  /** Sorted. */
  readonly names: readonly string[]
  has(name: string): boolean
  text(name: string): string
}

/** The files in the folder `root`, and `generated` ones by name with their text. */
export function readFolder(root: string, generated: ReadonlyMap<string, string> = new Map()): ProgramFiles {
  const found = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
  const names = new Set([...found, ...generated.keys()])
  return {
    names: [...names].toSorted(),
    has: (name) => names.has(name),
    text: (name) => generated.get(name) ?? readFileSync(path.join(root, name), 'utf8'),
  }
}
