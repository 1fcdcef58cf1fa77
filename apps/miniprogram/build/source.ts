import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/** The files of a Mini Program's source, by their path from its root, as WeChat writes it: `pages/home/home.wxml`. */
export interface Source {
  readonly root: string
  readonly files: ReadonlySet<string>
  text(file: string): Promise<string>
}

/** `made` are files that the build makes, by their path; the folder holds the others. */
export async function readSource(root: string, made: ReadonlyMap<string, string>): Promise<Source> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
  return {
    root,
    files: new Set([...files, ...made.keys()].toSorted((a, b) => (a < b ? -1 : 1))),
    text: async (file) => made.get(file) ?? (await readFile(path.join(root, file), 'utf8')),
  }
}

/** `reference` as it stands in `file`: from the root where it begins with a slash, else from the file's folder. */
export function resolvePath(file: string, reference: string): string {
  return path.posix.normalize(
    reference.startsWith('/') ? reference.slice(1) : path.posix.join(path.posix.dirname(file), reference),
  )
}
