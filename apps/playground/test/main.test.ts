import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeEach, expect, onTestFinished, test } from 'vitest'

const main = path.join(import.meta.dirname, '../src/main.ts')
/** The folder in which the playground creates its temporary ones. */
let temporary: string
let programDir: string

beforeEach(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'playground-main-'))
  temporary = path.join(folder, 'temporary')
  programDir = path.join(folder, 'program')
  await mkdir(temporary)
  await mkdir(programDir)
  return () => rm(folder, { recursive: true })
})

async function writeProgram(): Promise<void> {
  await writeFile(path.join(programDir, 'app.json'), JSON.stringify({ pages: ['index'] }))
  await writeFile(path.join(programDir, 'app.js'), 'App({})')
  await writeFile(path.join(programDir, 'index.js'), 'Page({})')
  await writeFile(path.join(programDir, 'index.wxml'), '<view>Their shop</view>')
}

/** Starts the playground with another merchant's Mini Program. */
function start(port: number) {
  const env = {
    ...process.env,
    TMPDIR: temporary,
    PORT: String(port),
    WECHAT_APP_ID: 'wx0000000000000000',
    SHOP_PROGRAM_DIR: programDir,
    SHOP_NAME: 'Corner shop',
    SHOP_URL: 'http://127.0.0.1:8650',
  }
  const playground = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void playground.kill('SIGKILL'))
  return playground
}

test('a Mini Program that cannot be built leaves no temporary folder', async () => {
  const playground = start(0)
  const [stderr, [code]] = await Promise.all([text(playground.stderr), once(playground, 'exit')])
  expect(stderr).toContain('app.json')
  expect(code).toBe(1)
  expect(await readdir(temporary)).toEqual([])
})

test('a port in use leaves no temporary folder', async () => {
  await writeProgram()
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const playground = start(port)
  const [stderr, [code]] = await Promise.all([text(playground.stderr), once(playground, 'exit')])
  expect(stderr).toContain(`Port ${port} is in use.`)
  expect(code).toBe(1)
  expect(await readdir(temporary)).toEqual([])
})

test('the temporary folder lasts as long as the playground', async () => {
  await writeProgram()
  const playground = start(0)
  await once(playground.stdout, 'data')
  expect(await readdir(temporary)).toHaveLength(1)
  playground.kill('SIGTERM')
  expect(await once(playground, 'exit')).toEqual([0, null])
  expect(await readdir(temporary)).toEqual([])
})
