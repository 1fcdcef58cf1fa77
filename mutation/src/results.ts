import { appendFile, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/** What became of a mutant. */
export interface Result {
  readonly key: string
  readonly outcome: 'killed' | 'does not compile' | 'survived' | 'not reached'
  /** The test that noticed it, and how. */
  readonly by?: string
  readonly message?: string
  /** How many tests reach it, and how many of them ran. */
  readonly reaching?: number
  readonly ran?: number
  readonly seconds: number
  /** The state of all tests: a survivor is tried again when they change. */
  readonly tests: string
}

/** Results outlive a run: an interrupted one goes on, and a new one tries only what may end differently. */
export interface Results {
  of(key: string): Result | undefined
  add(result: Result): Promise<void>
}

/** What was killed stays killed while its source file is the same: its key says so. */
export async function openResults(file: string, tests: string): Promise<Results> {
  const known = new Map<string, Result>()
  for (const result of await readLines<Result>(file)) {
    if (result.outcome === 'killed' || result.tests === tests) known.set(result.key, result)
  }
  return {
    of: (key) => known.get(key),
    async add(result) {
      known.set(result.key, result)
      await appendLine(file, result)
    },
  }
}

/** The lines of JSON that `appendLine` wrote. */
export async function readLines<Line>(file: string): Promise<Line[]> {
  const text = await readIfThere(file)
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line))
}

export async function appendLine(file: string, line: object): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await appendFile(file, `${JSON.stringify(line)}\n`)
}

export async function readIfThere(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
}
