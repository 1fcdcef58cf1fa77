import type { BuildProblem } from '@tael/miniprogram-host/check'

/** Bytes of each file of a package, by path. */
export type Sizes = ReadonlyMap<string, number>

/** The largest sizes a package may have, in bytes. */
export interface Budget {
  readonly total: number
  readonly script: number
}

/** WeChat's limit for one package (developers.weixin.qq.com, sub-packages). */
const PACKAGE_BYTES_MAX = 2 * 1024 * 1024

function sum(sizes: Sizes, extension = ''): number {
  return [...sizes].reduce((bytes, [file, size]) => (file.endsWith(extension) ? bytes + size : bytes), 0)
}

export function budgetProblems(sizes: Sizes, budget: Budget): readonly BuildProblem[] {
  const parts = [
    { what: 'the package', bytes: sum(sizes), max: budget.total },
    { what: 'its script', bytes: sum(sizes, '.js'), max: budget.script },
  ]
  return parts
    .filter(({ bytes, max }) => bytes > max)
    .map(({ what, bytes, max }) => ({
      message: `${what} has ${kilobytes(bytes)}, more than its budget of ${kilobytes(max)}`,
    }))
}

/** Formats the sizes by kind of file, with the budget and WeChat's limit. */
export function sizeTable(sizes: Sizes, budget: Budget): string {
  const kinds = [...new Set([...sizes.keys()].map((file) => file.slice(file.lastIndexOf('.'))))].toSorted()
  const rows = [
    ...kinds.map((kind) => [kind, kilobytes(sum(sizes, kind)), kind === '.js' ? limit(budget.script) : '']),
    [
      'package',
      kilobytes(sum(sizes)),
      `${limit(budget.total)}, WeChat's limit ${kilobytes(PACKAGE_BYTES_MAX)}`,
    ],
  ]
  return rows
    .map(([name = '', size = '', note = '']) => `${name.padEnd(10)}${size.padStart(12)}  ${note}`.trimEnd())
    .join('\n')
}

function limit(bytes: number): string {
  return `budget ${kilobytes(bytes)}`
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`
}
