import { glob, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { cover, type FileCoverage } from './coverage.ts'
import { share, startWorker, type Worker } from './crew.ts'
import { digest, instrument, sample } from './mutants.ts'
import { appendLine, openResults, readLines } from './results.ts'
import { summarise } from './summary.ts'
import { createControl, tryMutant } from './try-mutant.ts'
import { openTypeCheck } from './type-check.ts'

/**
 * Plants small faults in the code that moves money, one at a time, and runs the tests that reach each: what no test
 * notices is printed. `MUTANTS` is the size of the sample and `SEED` chooses it; `ONLY` and `TESTS` are patterns of the
 * paths of the sources and of the tests.
 */
const mutated = ['apps/server/src/ledger', 'apps/server/src/adyen', 'apps/server/src/webhooks']
/** Long runs themselves, with a few rounds of each in every run of the tests. */
const leftOut = ['crash.test.ts', 'mutated-requests.test.ts', 'mutated-webhooks.test.ts']
const WORKERS = 2

const { MUTANTS, SEED = String(Date.now()), ONLY = '', TESTS = '' } = process.env
// The workers notice that this process is gone, and leave.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
const root = fileURLToPath(new URL('../../', import.meta.url))
const kept = path.join(root, 'node_modules/.cache/mutants')
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const sources = await filesUnder(...mutated.map((folder) => `${folder}/**/*.ts`))
const testFiles = (await filesUnder('apps/server/test/**/*.test.ts')).filter(
  (file) => new RegExp(TESTS).test(file) && !leftOut.includes(path.basename(file)),
)
const { mutants, sources: instrumented } = await instrument(root, sources)
const chosen = sample(
  mutants.filter(({ file }) => new RegExp(ONLY).test(file)),
  SEED,
  Number(MUTANTS ?? mutants.length),
)
// The sources count for coverage, and with the tests they decide who survives.
const state = digest(TESTS, await digestOf([...sources, ...(await filesUnder('apps/server/test/**/*.ts'))]))
const results = await openResults(path.join(kept, 'results.jsonl'), state)
const open = chosen.filter(({ key }) => results.of(key) === undefined)
say(`${chosen.length} of ${mutants.length} mutants, ${open.length} of them to try (SEED=${SEED})`)

if (open.length > 0) {
  const types = await openTypeCheck(root)
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => startWorker(root, instrumented)))
  try {
    const coverage = await coverEach(workers)
    const control = createControl()
    await share(workers, open, async (worker, mutant) => {
      const result = await tryMutant(mutant, { worker, mutants, coverage, control, types })
      await results.add({ ...result, tests: state })
      say(
        `${result.outcome.padEnd(16)} ${String(result.seconds).padStart(4)} s  ${mutant.file}:${mutant.line}`,
      )
    })
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()))
  }
}
const { lines, enough } = summarise(chosen, results, SEED)
for (const line of lines) say(line)
process.exitCode = enough ? 0 : 1

async function filesUnder(...patterns: string[]): Promise<string[]> {
  const found: string[] = []
  for await (const file of glob(patterns, { cwd: root })) found.push(file)
  return found.toSorted()
}

async function digestOf(files: readonly string[]): Promise<string> {
  return digest(...(await Promise.all(files.map((file) => readFile(path.join(root, file), 'utf8')))))
}

/** What each test file reaches, kept for the next run while sources and tests are as they are. */
async function coverEach(workers: readonly Worker[]): Promise<FileCoverage[]> {
  const file = path.join(kept, `coverage-${state}.jsonl`)
  const coverage = await readLines<FileCoverage>(file)
  const known = new Set(coverage.map((one) => one.file))
  const unknown = testFiles.filter((name) => !known.has(name))
  await share(workers, unknown, async (worker, name) => {
    const covered = await cover(worker, name, mutants)
    coverage.push(covered)
    await appendLine(file, covered)
    for (const failure of covered.failing) say(`fails by itself  ${name}: ${failure}`)
    say(`covered          ${name}`)
  })
  return coverage
}
