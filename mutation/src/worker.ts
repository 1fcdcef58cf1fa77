import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createVitest, type TestCase, type TestSpecification } from 'vitest/node'
import { readIfThere } from './results.ts'
import { activeFile, hitsFile, removeSandbox } from './sandbox.ts'

/** A test file to run, or some of its tests, with a mutant or `none` or `coverage` in its place. */
export interface Order {
  readonly active: string
  readonly file: string
  readonly tests?: readonly string[]
}

export interface TestRun {
  readonly id: string
  readonly name: string
  readonly ms: number
  /** The mutants whose place was reached meanwhile. */
  readonly hits: readonly string[]
}

export interface Report {
  /** The tests that ran. */
  readonly tests: readonly TestRun[]
  /** The ids of all tests of the file. */
  readonly ids: readonly string[]
  /** The mutants whose place was reached, but while no test ran: mostly when a process loaded its modules. */
  readonly loaded: readonly string[]
  /** The first test that failed, with its message; or the file itself. */
  readonly failed?: { readonly test?: string; readonly name: string; readonly message: string }
}

/** Longer than any wait of a test on a busy machine. */
const TEST_MS_MAX = 120_000
/** Work that a test started may end a moment after it. */
const AFTER_MS = 50

const sandbox = process.cwd()
const vitest = await createVitest('test', {
  root: sandbox,
  watch: false,
  project: ['server'],
  bail: 1,
  maxWorkers: 1,
  reporters: [],
  testTimeout: TEST_MS_MAX,
  hookTimeout: TEST_MS_MAX,
})
await vitest.standalone()
process.on('message', (order: Order) => {
  void carryOut(order).then((report) => process.connected && process.send?.(report))
})
process.once('disconnect', () => {
  void leave()
})
process.send?.('ready')

/** Whoever started this is done or gone. */
async function leave(): Promise<void> {
  await vitest.cancelCurrentRun('keyboard-input')
  await vitest.close()
  await removeSandbox(sandbox)
  process.exit()
}

async function carryOut({ active, file, tests }: Order): Promise<Report> {
  await writeFile(activeFile(sandbox), active)
  await rm(hitsFile(sandbox), { force: true })
  const project = vitest.projects.find(({ name }) => name === 'server')
  if (project === undefined) throw new Error('There is no project named server.')
  const options = tests === undefined ? {} : { testIds: [...tests] }
  const specification = project.createSpecification(path.join(sandbox, file), options)
  return report(specification, active === 'coverage')
}

async function report(specification: TestSpecification, covering: boolean): Promise<Report> {
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification])
  const module = testModules.find(({ moduleId }) => moduleId === specification.moduleId)
  if (module === undefined) throw new Error(`${specification.moduleId} was not run.`)
  const cases = [...module.children.allTests()]
  const hits = covering ? await readHits() : []
  const tests = cases
    .filter((test) => ['passed', 'failed'].includes(test.result().state))
    .map((test) => describe(test, hits))
  const during = new Set(tests.flatMap((test) => test.hits))
  const loaded = [...new Set(hits.map(({ mutant }) => mutant))].filter((mutant) => !during.has(mutant))
  const failed = cases.find((test) => test.result().state === 'failed')
  const [error] = [...(failed?.result().errors ?? []), ...module.errors(), ...unhandledErrors]
  const ids = cases.map(({ id }) => id)
  if (failed === undefined && error === undefined) return { tests, ids, loaded }
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : ''
  const name = failed?.fullName ?? module.relativeModuleId
  return { tests, ids, loaded, failed: { ...(failed && { test: failed.id }), name, message } }
}

interface Hit {
  readonly at: number
  readonly mutant: string
  readonly loading: boolean
}

async function readHits(): Promise<Hit[]> {
  const text = await readIfThere(hitsFile(sandbox))
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter(({ length }) => length === 3)
    .map(([at, mutant = '', when]) => ({ at: Number(at), mutant, loading: when === 'loading' }))
}

function describe(test: TestCase, hits: readonly Hit[]): TestRun {
  const { startTime = 0, duration = 0 } = test.diagnostic() ?? {}
  const during = hits.filter(
    ({ at, loading }) => !loading && at >= startTime && at <= startTime + duration + AFTER_MS,
  )
  return {
    id: test.id,
    name: test.fullName,
    ms: Math.round(duration),
    hits: [...new Set(during.map(({ mutant }) => mutant))],
  }
}
