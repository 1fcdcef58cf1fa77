import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

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

interface Change {
  readonly file: string
  readonly from: string
  readonly to: string
}

/** Copies the contracts, changes some texts, and returns the compiler's errors in the sources of an end. */
async function errorsOf(end: End, changes: readonly Change[]): Promise<string[]> {
  await cp(path.join(root, 'packages/contracts/src'), path.join(copy, 'src'), {
    recursive: true,
    force: true,
  })
  for (const { file: name, from, to } of changes) {
    const file = path.join(copy, 'src', name)
    const source = await readFile(file, 'utf8')
    if (source.split(from).length !== 2) throw new Error(`${name} does not hold once: ${from}`)
    await writeFile(file, source.replace(from, to))
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

/** Each change, and what the compiler says of it at the ends that it breaks. */
const drifts: Readonly<Record<string, Change & { readonly says: Partial<Record<End, RegExp>> }>> = {
  'a renamed field': {
    file: 'orders.ts',
    from: '    lines: Type.Array(OrderLine),',
    to: '    goods: Type.Array(OrderLine),',
    says: { server: /'lines' does not exist/, miniprogram: /Property 'lines' does not exist/ },
  },
  'a changed type': {
    file: 'payments.ts',
    from: 'version: Type.Integer({ minimum: 1,',
    to: 'version: Type.String({ minLength: 1,',
    says: {
      server: /Type 'number' is not assignable to type 'string'/,
      miniprogram: /'\{ afterVersion: string;/,
    },
  },
  // Whoever makes the value breaks: the server its answers, the Mini Program its requests.
  'a field that every answer must have': {
    file: 'refunds.ts',
    from: '    reason: ',
    to: '    who: Type.String(),\n    reason: ',
    says: { server: /Property 'who' is missing/ },
  },
  'a field that every request must have': {
    file: 'payments.ts',
    from: '{ orderId: Id, amount: Amount }',
    to: '{ orderId: Id, amount: Amount, locale: Type.String() }',
    says: { miniprogram: /Property 'locale' is missing/ },
  },
  'another path': {
    file: 'routes/shopper.ts',
    from: 'params: Type.Object({ paymentId: Id })',
    to: 'params: Type.Object({ id: Id })',
    says: { server: /Property 'paymentId' does not exist/, miniprogram: /'paymentId' does not exist/ },
  },
}

describe.each(ends)('the %s', (end) => {
  test('compiles against the contracts as they are', async () => {
    expect(await errorsOf(end, [])).toEqual([])
  })

  test('does not compile where they change, and the compiler says each reason', async () => {
    const errors = (await errorsOf(end, Object.values(drifts))).join('\n')
    const unsaid = Object.keys(drifts).filter((name) => drifts[name]?.says[end]?.test(errors) === false)
    expect(unsaid).toEqual([])
  })
})
