import type { Worker } from './crew.ts'
import type { Mutant } from './mutants.ts'

/** A test of the server, and which mutants it reaches. */
export interface CoveringTest {
  readonly id: string
  readonly file: string
  readonly name: string
  readonly ms: number
  /** Keys of mutants. */
  readonly reaches: readonly string[]
}

/** What the tests of one file reach. */
export interface FileCoverage {
  readonly file: string
  readonly tests: readonly CoveringTest[]
  /** Keys of mutants that are reached while no test runs, mostly when a process loads its modules. */
  readonly loaded: readonly string[]
}

/** Tests of one file that can notice a mutant. */
export interface Candidates {
  readonly file: string
  readonly tests: readonly CoveringTest[]
}

/** What it takes until the first test of a file runs: a shop opens. */
const OPENING_MS = 4_000

/** Runs a test file as it is, to learn which of its tests reach which mutants. A test that fails is left out. */
export async function cover(
  worker: Worker,
  file: string,
  mutants: readonly Mutant[],
): Promise<FileCoverage & { readonly failing: readonly string[] }> {
  const keys = new Map(mutants.map(({ id, key }) => [id, key]))
  const keysOf = (ids: readonly string[]): string[] => ids.flatMap((id) => keys.get(id) ?? [])
  const failing = new Map<string, string>()
  let report = await worker.run({ active: 'coverage', file })
  while (report.failed !== undefined) {
    const { test, name, message } = report.failed
    if (test === undefined) throw new Error(`${file} cannot be run: ${message}`)
    failing.set(test, `${name}: ${message}`)
    const tests = report.ids.filter((id) => !failing.has(id))
    if (tests.length === 0) break
    report = await worker.run({ active: 'coverage', file, tests })
  }
  return {
    file,
    tests: report.tests
      .filter(({ id }) => !failing.has(id))
      .map(({ id, name, ms, hits }) => ({ id, file, name, ms, reaches: keysOf(hits) })),
    loaded: keysOf(report.loaded),
    failing: [...failing.values()],
  }
}

/**
 * The tests that reach a mutant, by file: first those that reach little else and are quick, which tell soonest. One that
 * only loading modules reaches can be noticed by whatever reaches the rest of its source file.
 */
export function candidates(
  mutant: Mutant,
  mutants: readonly Mutant[],
  coverage: readonly FileCoverage[],
): Candidates[] {
  const tests = coverage.flatMap((file) => file.tests)
  const onlyLoaded =
    coverage.some(({ loaded }) => loaded.includes(mutant.key)) &&
    tests.every(({ reaches }) => !reaches.includes(mutant.key))
  const wanted = new Set(
    onlyLoaded ? mutants.filter(({ file }) => file === mutant.file).map(({ key }) => key) : [mutant.key],
  )
  const byFile = Map.groupBy(
    tests.filter(({ reaches }) => reaches.some((key) => wanted.has(key))),
    ({ file }) => file,
  )
  const worth = ({ tests: group }: Candidates): number => {
    const focus = group.reduce((sum, { reaches }) => sum + 1 / reaches.length, 0)
    return focus / group.reduce((sum, { ms }) => sum + ms, OPENING_MS)
  }
  return [...byFile].map(([file, group]) => ({ file, tests: group })).toSorted((a, b) => worth(b) - worth(a))
}
