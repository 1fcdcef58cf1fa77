import { execFile } from 'node:child_process'
import { glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problems } from '../src/index.ts'

/**
 * Compiles the real sources of the server, the Mini Program and its payment against a changed copy of
 * the contracts, and reads the compiler's errors.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const folders = {
  server: 'apps/server',
  miniprogram: 'apps/miniprogram',
  payment: 'packages/miniprogram-pay',
} as const
const ends = ['server', 'miniprogram', 'payment'] as const
type End = (typeof ends)[number]

let copy: string
const projects = new Map<End, string>()

beforeAll(async () => {
  copy = await mkdtemp(path.join(root, 'packages/contracts/.drift-'))
  for (const end of ends) projects.set(end, await mkdtemp(path.join(root, folders[end], '.drift-')))
})
afterAll(async () => {
  for (const folder of [copy, ...projects.values()]) await rm(folder, { recursive: true, force: true })
})

interface Change {
  readonly file: string
  readonly from: string
  readonly to: string
}

/** An edit of one source of the contracts, by its path under `src/`. */
type Edit = (source: string, name: string) => string

/** Edits a copy of the contracts, and returns the compiler's errors in the sources of an end. */
async function errorsOf(end: End, edit: Edit): Promise<string[]> {
  const sources = path.join(root, 'packages/contracts/src')
  for await (const name of glob('**/*.ts', { cwd: sources })) {
    const file = path.join(copy, 'src', name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, edit(await readFile(path.join(sources, name), 'utf8'), name))
  }
  const project = path.join(projects.get(end) ?? '', 'tsconfig.json')
  const compilerOptions = {
    paths: { '@tael/contracts': [path.join(copy, 'src/index.ts')] },
    // Only errors in our own sources count.
    skipLibCheck: true,
  }
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
    .filter((line) => line.startsWith(`${folders[end]}/src/`) && line.includes(': error TS'))
}

/** Each change, and the compiler's error at the ends that it breaks. */
const drifts: Readonly<Record<string, Change & { readonly errors: Partial<Record<End, RegExp>> }>> = {
  'a renamed field': {
    file: 'orders.ts',
    from: '    lines: Type.Array(OrderLine, {',
    to: '    goods: Type.Array(OrderLine, {',
    errors: { server: /'lines' does not exist/, miniprogram: /Property 'lines' does not exist/ },
  },
  'a changed type': {
    file: 'payments.ts',
    from: 'version: Type.Integer({ minimum: 1,',
    to: 'version: Type.String({ minLength: 1,',
    errors: {
      server: /Type 'number' is not assignable to type 'string'/,
      payment: /'\{ afterVersion: string;/,
    },
  },
  // The end that makes the value breaks: the server its answers, the Mini Program its requests.
  'a field that every answer must have': {
    file: 'refunds.ts',
    from: '    reason: ',
    to: '    who: Type.String(),\n    reason: ',
    errors: { server: /Property 'who' is missing/ },
  },
  'a field that every request must have': {
    file: 'payments.ts',
    from: '{ orderId: Id, amount: Amount, payToken:',
    to: '{ orderId: Id, amount: Amount, locale: Type.String(), payToken:',
    errors: { payment: /Property 'locale' is missing/ },
  },
  'another path': {
    file: 'routes/shopper.ts',
    from: 'params: Type.Object({ paymentId: Id })',
    to: 'params: Type.Object({ id: Id })',
    errors: { server: /Property 'paymentId' does not exist/, payment: /'paymentId' does not exist/ },
  },
}

function withDrifts(source: string, name: string): string {
  return Object.values(drifts)
    .filter(({ file }) => file === name)
    .reduce((edited, { from, to }) => {
      if (edited.split(from).length !== 2) throw new Error(`${name} must contain exactly once: ${from}`)
      return edited.replace(from, to)
    }, source)
}

const codes = Object.keys(problems)
const code = new RegExp(`(?<=['\\s])(?:${codes.join('|')})(?=[':])`, 'g')
const withRenamedCodes: Edit = (source) => source.replace(code, (name) => `${name}_renamed`)

/** The lines of an end's sources with a problem code in quotes, as `file(line,`. */
async function linesNamingCodes(end: End): Promise<string[]> {
  const lines: string[] = []
  for await (const file of glob(`${folders[end]}/src/**/*.ts`, { cwd: root })) {
    const source = await readFile(path.join(root, file), 'utf8')
    for (const [index, line] of source.split('\n').entries()) {
      if (codes.some((each) => line.includes(`'${each}'`))) lines.push(`${file}(${index + 1},`)
    }
  }
  return lines
}

describe.each(ends)('the %s', (end) => {
  test('compiles against the contracts as they are', async () => {
    expect(await errorsOf(end, (source) => source)).toEqual([])
  })

  test('does not compile where they change, and the compiler names each reason', async () => {
    // Both at once: a compilation takes seconds.
    const errors = await errorsOf(end, (source, name) => withRenamedCodes(withDrifts(source, name), name))
    const missed = Object.keys(drifts).filter(
      (name) => drifts[name]?.errors[end]?.test(errors.join('\n')) === false,
    )
    expect(missed).toEqual([])

    const named = await linesNamingCodes(end)
    expect(named.length).toBeGreaterThan(4)
    expect(named.filter((line) => !errors.some((error) => error.startsWith(line)))).toEqual([])
    // Of the keys of an object the compiler reports one.
    const texts = ['apps/miniprogram/src/texts/en.ts', 'apps/miniprogram/src/texts/zh-cn.ts']
    const dictionaries = end === 'miniprogram' ? texts : []
    expect(dictionaries.filter((file) => !errors.some((error) => error.startsWith(file)))).toEqual([])
  })
})
