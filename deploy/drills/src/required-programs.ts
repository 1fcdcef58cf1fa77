import { existsSync } from 'node:fs'

/** Says what to install where a program is missing, or that this is not Linux or not root; undefined if nothing is. */
export function findMissingPrograms(programs: Readonly<Record<string, string>>): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'A drill needs Linux, and root: it makes network namespaces and runs programs as other users.'
  const packages = Object.entries(programs).flatMap(([file, name]) => (existsSync(file) ? [] : [name]))
  if (packages.length === 0) return undefined
  return `Install what is missing, without starting it: apt-get install --no-install-recommends ${packages.join(' ')}`
}
