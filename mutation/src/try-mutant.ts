import { type Candidates, candidates, type FileCoverage } from './coverage.ts'
import type { Worker } from './crew.ts'
import type { Mutant } from './mutants.ts'
import type { Result } from './results.ts'
import type { TypeCheck } from './type-check.ts'
import type { Report } from './worker.ts'

export interface Tools {
  readonly worker: Worker
  readonly mutants: readonly Mutant[]
  readonly coverage: readonly FileCoverage[]
  readonly control: Control
  readonly types: TypeCheck
}

/** Whether these tests of a file pass by themselves and without a mutant. */
export type Control = (worker: Worker, file: string, tests: readonly string[]) => Promise<boolean>

/** A mutant that many tests reach is left alive after this long. */
const MUTANT_MS_MAX = 300_000

/** Runs the tests that reach a mutant, file by file, until one fails. */
export async function tryMutant(mutant: Mutant, tools: Tools): Promise<Omit<Result, 'tests'>> {
  const { worker, mutants, coverage, control, types } = tools
  const started = Date.now()
  const seconds = (): number => Math.round((Date.now() - started) / 1000)
  const groups = candidates(mutant, mutants, coverage)
  const reaching = groups.reduce((sum, { tests }) => sum + tests.length, 0)
  const { key } = mutant
  let ran = 0
  for (const group of groups) {
    if (Date.now() - started > MUTANT_MS_MAX) break
    const failed = await runGroup(worker, mutant, group, control)
    ran += group.tests.length
    if (failed !== undefined) {
      const { name: by, message } = failed
      return { key, outcome: 'killed', by: `${group.file}: ${by}`, message, seconds: seconds() }
    }
  }
  if (!(await types.compiles(mutant))) return { key, outcome: 'does not compile', seconds: seconds() }
  if (reaching === 0) return { key, outcome: 'not reached', seconds: seconds() }
  return { key, outcome: 'survived', reaching, ran, seconds: seconds() }
}

/** A failure counts where the same test passes without the mutant, so that neither order nor a busy machine kills. */
async function runGroup(
  worker: Worker,
  { id }: Mutant,
  { file, tests }: Candidates,
  control: Control,
): Promise<Report['failed']> {
  let left = tests.map((test) => test.id)
  while (left.length > 0) {
    const { failed } = await worker.run({ active: id, file, tests: left })
    if (failed === undefined) return undefined
    // Where no test failed the file did, of which every test is a part.
    const blamed = failed.test === undefined ? left : [failed.test]
    if (await control(worker, file, blamed)) return failed
    left = left.filter((test) => !blamed.includes(test))
  }
  return undefined
}

/** Asks once for each test. */
export function createControl(): Control {
  const known = new Map<string, Promise<boolean>>()
  return (worker, file, tests) => {
    const name = tests.join()
    const asked = known.get(name) ?? pass(worker, file, tests)
    known.set(name, asked)
    return asked
  }
}

async function pass(worker: Worker, file: string, tests: readonly string[]): Promise<boolean> {
  const { failed } = await worker.run({ active: 'none', file, tests })
  return failed === undefined
}
