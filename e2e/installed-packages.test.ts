import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { credentials, type Environment, startServer, startSimulator } from '@tael/stack'
import { packWorkspace } from '@tael/stack/pack'
import { afterAll, beforeAll, expect, test } from 'vitest'

interface PublishedPackage {
  readonly folder: string
  /** What its readme's example prints against our servers. */
  readonly prints: RegExp
  /** Declares what the example finds where it runs. */
  readonly surroundings?: string
}

/** The packages that are published. */
const packages: readonly PublishedPackage[] = [
  { folder: 'contracts', prints: /^.+: ¥\d+\.\d{2}$/m },
  { folder: 'adyen', prints: /^cashier: timeStamp nonceStr package paySign signType$/m },
  {
    folder: 'miniprogram-pay',
    // Loading it needs no phone; what it does on one, its own tests show.
    prints: /^$/,
    surroundings: `declare namespace wx {
  function showModal(options: { title: string; content: string }): Promise<{ confirm: boolean }>
  function redirectTo(options: { url: string }): Promise<unknown>
}`,
  },
]

/** The Node, which runs TypeScript by itself, and the TypeScript of a plain project; neither is ours. */
const tools = { node: '22.23.3', typescript: '5.9.3', '@types/node': '22.20.5' }

const root = fileURLToPath(new URL('../', import.meta.url))

let project = ''
let servers: Environment = {}
const closers: (() => Promise<void>)[] = []

/** Runs a program in the project. Rejects with its output if it fails. */
async function run(file: string, args: readonly string[], env: Environment = {}) {
  const { stdout } = await promisify(execFile)(file, args, {
    cwd: project,
    env: { ...process.env, ...env },
  }).catch((error: unknown) => {
    if (error instanceof Error && 'stdout' in error) error.message += `\n${String(error.stdout)}`
    throw error
  })
  return stdout
}

async function exampleOf(folder: string): Promise<string> {
  const readme = await readFile(path.join(root, 'packages', folder, 'README.md'), 'utf8')
  const example = /^```ts\n(.*?)^```$/ms.exec(readme)?.[1]
  if (example === undefined) throw new Error(`The readme of ${folder} has no example.`)
  return example
}

async function installPackages(): Promise<void> {
  const tarballs: [string, string][] = []
  for (const { folder } of packages) {
    const { name, path: tarball } = await packWorkspace(folder, project)
    tarballs.push([name, `file:${tarball}`])
  }
  const manifest = {
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(tarballs),
    devDependencies: tools,
  }
  await writeFile(path.join(project, 'package.json'), JSON.stringify(manifest))
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'])
  await mkdir(path.join(project, 'src'))
  for (const { folder, surroundings } of packages) {
    await writeFile(path.join(project, 'src', `${folder}.ts`), await exampleOf(folder))
    if (surroundings !== undefined)
      await writeFile(path.join(project, 'src', `${folder}-surroundings.d.ts`), surroundings)
  }
}

/** The WeChat id of a shopper, as a server gets it for a code of `wx.login`. */
async function openidFrom(simulatorUrl: string): Promise<string> {
  const codes = await fetch(`${simulatorUrl}/simulator/wechat/codes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ shopper: 'Shopper' }),
  })
  const { code } = Parse(Type.Object({ code: Type.String() }), await codes.json())
  const query = new URLSearchParams({
    appid: credentials.WECHAT_APP_ID,
    secret: credentials.WECHAT_APP_SECRET,
    js_code: code,
    grant_type: 'authorization_code',
  })
  const session = await fetch(`${simulatorUrl}/sns/jscode2session?${query}`)
  return Parse(Type.Object({ openid: Type.String() }), await session.json()).openid
}

async function startServers(): Promise<Environment> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tael-packages-data-'))
  closers.unshift(() => rm(dataDir, { recursive: true, force: true }))
  // As root, PostgreSQL runs as another user, who must be able to read its folder.
  await chmod(dataDir, 0o755)
  const simulator = await startSimulator('http://127.0.0.1:1')
  closers.unshift(() => simulator.stop())
  const server = await startServer(simulator.url, { DATA_DIR: dataDir })
  closers.unshift(() => server.stop())
  return {
    ...credentials,
    TAEL_URL: server.url,
    ADYEN_CHECKOUT_URL: `${simulator.url}/v72`,
    OPENID: await openidFrom(simulator.url),
  }
}

beforeAll(async () => {
  // Outside the repository: nothing of its node_modules can be found from there.
  project = await mkdtemp(path.join(tmpdir(), 'tael-packages-'))
  closers.push(() => rm(project, { recursive: true, force: true }))
  await installPackages()
  servers = await startServers()
})

afterAll(async () => {
  for (const close of closers) await close()
})

const bin = (name: string): string => path.join(project, 'node_modules', '.bin', name)
const strict = [
  '--strict',
  '--exactOptionalPropertyTypes',
  '--noEmit',
  // What TypeScript itself declares is not ours; the declarations of the packages are checked.
  '--skipDefaultLibCheck',
  '--target',
  'es2022',
  '--types',
  'node',
]

test.each([
  ['node16', ['--module', 'node16', '--moduleResolution', 'node16']],
  ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler']],
])('the types of the packages resolve in a project with %s', async (_, options) => {
  const files = packages.flatMap(({ folder, surroundings }) => [
    `src/${folder}.ts`,
    ...(surroundings === undefined ? [] : [`src/${folder}-surroundings.d.ts`]),
  ])
  // Without skipLibCheck.
  expect(await run(bin('tsc'), [...strict, ...options, ...files])).toBe('')
})

test.each(packages)('the example in the readme of $folder runs on Node 22', async ({ folder, prints }) => {
  expect(await run(bin('node'), ['--version'])).toMatch(/^v22\./)
  expect(await run(bin('node'), [`src/${folder}.ts`], servers)).toMatch(prints)
})

test('the package for phones is CommonJS where it is required, as by npm of WeChat', async () => {
  const script = "console.log(typeof require('@tael/miniprogram-pay').createTaelPay)"
  expect(await run(bin('node'), ['--input-type=commonjs', '--eval', script])).toBe('function\n')
})
