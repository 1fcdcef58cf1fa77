import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { candidates, type FileCoverage } from '../src/coverage.ts'
import { instrument, type Mutant, sample } from '../src/mutants.ts'

const source = `export const isOpen = (status: string): boolean => status === 'open'
export function free(stock: number, taken: number): number {
  return stock - taken
}
`

async function mutantsOf(text: string): Promise<readonly Mutant[]> {
  const root = await mkdtemp(path.join(tmpdir(), 'tael-source-'))
  onTestFinished(() => rm(root, { recursive: true }))
  await writeFile(path.join(root, 'stock.ts'), text)
  return (await instrument(root, ['stock.ts'])).mutants
}

async function keysOf(text: string): Promise<string[]> {
  return (await mutantsOf(text)).map(({ key }) => key)
}

test('a mutant is one change of one line, and its source is the file with it', async () => {
  const minus = (await mutantsOf(source)).find(({ original }) => original === 'stock - taken')
  expect(minus).toMatchObject({
    file: 'stock.ts',
    line: 3,
    replacement: 'stock + taken',
    source: source.replace('stock - taken', 'stock + taken'),
    unchanged: source,
  })
})

test('a key is the same after another file changed, and another after its own did', async () => {
  const before = await keysOf(source)
  expect(await keysOf(source)).toEqual(before)
  const after = new Set(await keysOf(`${source}\n`))
  expect(before.filter((key) => after.has(key))).toEqual([])
})

test('a seed chooses the same mutants again, and a larger sample holds the smaller one', async () => {
  const mutants = await mutantsOf(source)
  const few = sample(mutants, '7', 3)
  expect(few).toHaveLength(3)
  expect(sample(mutants.toReversed(), '7', 5).slice(0, 3)).toEqual(few)
  expect(sample(mutants, '8', mutants.length)).not.toEqual(sample(mutants, '7', mutants.length))
})

test('the tests that reach a mutant run by file, the quick file that reaches little else first', async () => {
  const mutants = await mutantsOf(source)
  const [first, second, third] = mutants
  if (first === undefined || second === undefined || third === undefined) throw new Error('Too few mutants.')
  const covering = (file: string, ms: number, ...reached: Mutant[]): FileCoverage => {
    const reaches = reached.map(({ key }) => key)
    return { file, tests: [{ id: file, file, name: file, ms, reaches }], loaded: [third.key] }
  }
  const coverage = [
    covering('long.test.ts', 90_000, first),
    covering('broad.test.ts', 100, ...mutants.filter((mutant) => mutant !== third)),
    covering('short.test.ts', 100, first),
    covering('other.test.ts', 100, second),
  ]
  const filesFor = (mutant: Mutant): string[] => candidates(mutant, mutants, coverage).map(({ file }) => file)
  expect(filesFor(first)).toEqual(['short.test.ts', 'broad.test.ts', 'long.test.ts'])
  // Reached only while modules load: whatever reaches the same source file can notice it.
  expect(filesFor(third).toSorted()).toEqual(coverage.map(({ file }) => file).toSorted())
})
