import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Instrumenter } from '@stryker-mutator/instrumenter'

/** One small change of one place in a source file. */
export interface Mutant {
  /** Its number in the instrumented files. */
  readonly id: string
  /** The same for the same change of the same file, whatever happens to other files. */
  readonly key: string
  /** The source file, from the root of the repository. */
  readonly file: string
  readonly line: number
  readonly original: string
  readonly replacement: string
  /** The whole file with this change, and without. */
  readonly source: string
  readonly unchanged: string
}

interface Instrumented {
  readonly mutants: readonly Mutant[]
  /** The instrumented text of each file. */
  readonly sources: ReadonlyMap<string, string>
}

const ignore = (): void => undefined
const no = (): boolean => false
const silent = {
  isTraceEnabled: no,
  isDebugEnabled: no,
  isInfoEnabled: no,
  isWarnEnabled: no,
  isErrorEnabled: no,
  isFatalEnabled: no,
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
}

/** Puts every mutant of these files into them, each behind a switch. */
export async function instrument(root: string, files: readonly string[]): Promise<Instrumented> {
  const read = files.map(async (name) => ({
    name,
    content: await readFile(path.join(root, name), 'utf8'),
    mutate: true,
  }))
  const sources = await Promise.all(read)
  const plain = new Map(sources.map(({ name, content }) => [name, content]))
  const options = { plugins: null, excludedMutations: [], ignorers: [] }
  const result = await new Instrumenter(silent).instrument(sources, options)
  const mutants = result.mutants.map(({ id, fileName, location, mutatorName, replacement }): Mutant => {
    const content = plain.get(fileName) ?? ''
    const [start, end] = [offsetOf(content, location.start), offsetOf(content, location.end)]
    const source = content.slice(0, start) + replacement + content.slice(end)
    return {
      id,
      key: digest(fileName, mutatorName, String(start), source),
      file: fileName,
      line: location.start.line + 1,
      original: content.slice(start, end),
      replacement,
      source,
      unchanged: content,
    }
  })
  return { mutants, sources: new Map(result.files.map(({ name, content }) => [name, content])) }
}

/** A short name of these texts, another for any other texts. */
export function digest(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\0')).digest('base64url').slice(0, 20)
}

/** The seed's choice of this many mutants. A larger sample of the same seed holds the smaller one. */
export function sample(mutants: readonly Mutant[], seed: string, count: number): Mutant[] {
  const rank = new Map(mutants.map(({ key }) => [key, digest(seed, key)]))
  const rankOf = ({ key }: Mutant): string => rank.get(key) ?? ''
  return mutants.toSorted((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1)).slice(0, count)
}

/** Lines and columns count from 0. */
function offsetOf(text: string, { line, column }: { line: number; column: number }): number {
  let start = 0
  for (let passed = 0; passed < line; passed += 1) start = text.indexOf('\n', start) + 1
  return start + column
}
