import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

/**
 * Compiles the real sources of the server and the Mini Program against a changed copy of the contracts, and looks at
 * what the compiler says.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const ends = ['server', 'miniprogram'] as const
type End = (typeof ends)[number]

let copy: string
const projects = new Map<End, string>()

beforeAll(async () => {
  copy = await mkdtemp(path.join(root, 'packages/contracts/.drift-'))
  for (const end of ends) projects.set(end, await mkdtemp(path.join(root, 'apps', end, '.drift-')))
})
afterAll(async () => {
  for (const folder of [copy, ...projects.values()]) await rm(folder, { recursive: true, force: true })
})

/** Copies the contracts, changes one text of one file, and returns the compiler's errors in the sources of an end. */
async function errorsOf(end: End, change?: { file: string; from: string; to: string }): Promise<string[]> {
  await cp(path.join(root, 'packages/contracts/src'), path.join(copy, 'src'), {
    recursive: true,
    force: true,
  })
  if (change !== undefined) {
    const file = path.join(copy, 'src', change.file)
    const source = await readFile(file, 'utf8')
    if (source.split(change.from).length !== 2)
      throw new Error(`${change.file} does not hold once: ${change.from}`)
    await writeFile(file, source.replace(change.from, change.to))
  }
  const project = path.join(projects.get(end) ?? '', 'tsconfig.json')
  const compilerOptions = { paths: { '@tael/contracts': [path.join(copy, 'src/index.ts')] } }
  await writeFile(
    project,
    JSON.stringify({ extends: '../tsconfig.json', compilerOptions, include: ['../src'] }),
  )
  const output = await new Promise<string>((resolve) => {
    execFile(path.join(root, 'node_modules/.bin/tsc'), ['-p', project], { cwd: root }, (_, stdout) =>
      resolve(stdout),
    )
  })
  return output
    .split('\n')
    .filter((line) => line.startsWith(`apps/${end}/src/`) && line.includes(': error TS'))
}

test.each(ends)('the %s compiles against the contracts as they are', async (end) => {
  expect(await errorsOf(end)).toEqual([])
})

const changes = {
  'a renamed field': {
    file: 'orders.ts',
    from: '    lines: Type.Array(OrderLine),',
    to: '    goods: Type.Array(OrderLine),',
  },
  'a changed type': {
    file: 'payments.ts',
    from: 'version: Type.Integer({ minimum: 1,',
    to: 'version: Type.String({ minLength: 1,',
  },
  'a field that every answer must have': {
    file: 'payments.ts',
    from: '    status: PaymentStatus,',
    to: '    status: PaymentStatus,\n    reason: Type.String(),',
  },
  'a field that every request must have': {
    file: 'payments.ts',
    from: '{ orderId: Id, amount: Amount }',
    to: '{ orderId: Id, amount: Amount, locale: Type.String() }',
  },
  'another path': {
    file: 'routes.ts',
    from: 'params: Type.Object({ paymentId: Id })',
    to: 'params: Type.Object({ id: Id })',
  },
}

test.each<[keyof typeof changes, End, RegExp]>([
  ['a renamed field', 'server', /'lines' does not exist/],
  ['a renamed field', 'miniprogram', /Property 'lines' does not exist/],
  ['a changed type', 'server', /Type 'number' is not assignable to type 'string'/],
  ['a changed type', 'miniprogram', /'\{ afterVersion: string;/],
  // Whoever makes the value breaks: the server its answers, the Mini Program its requests.
  ['a field that every answer must have', 'server', /Property 'reason' is missing/],
  ['a field that every request must have', 'miniprogram', /Property 'locale' is missing/],
  ['another path', 'server', /Property 'paymentId' does not exist/],
  ['another path', 'miniprogram', /'paymentId' does not exist/],
])('%s breaks the compile of the %s', async (name, end, words) => {
  const errors = await errorsOf(end, changes[name])
  expect(errors.join('\n')).toMatch(words)
})
