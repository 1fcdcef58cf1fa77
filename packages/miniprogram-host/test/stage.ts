import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { openSite, type Site } from '@tael/stack/browser'
import type { FrameLocator, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { buildHostedProgram } from '../src/build/hosted-program.ts'
import type { EmbedderMessage, PhoneMessage, PhoneSettings } from '../src/protocol.ts'
import type { TestEmbedder } from './embedder-page.ts'

export const fixtureDir = fileURLToPath(new URL('./fixture', import.meta.url))
/** A project as others write it: no build step, npm packages, subpackages, its own tab bar. */
export const unseenProgramDir = fileURLToPath(new URL('./unseen-program', import.meta.url))

const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
])

const settings: PhoneSettings = {
  appId: 'wx0000000000000000',
  language: 'en',
  theme: 'light',
  network: { offline: false, latencyMs: 0, lossRatio: 0 },
  domains: { 'https://shop.example': '/api' },
}

declare global {
  /** Set by embedder-page.ts. */
  var embedder: TestEmbedder
}

/** Runs a Mini Program in Chromium, under a policy that forbids eval and inline script. */
export interface Stage {
  /** Opens a phone with empty storage, and closes it when the test ends. */
  open(change?: Partial<PhoneSettings>): Promise<OpenPhone>
  close(): Promise<void>
}

export interface OpenPhone {
  readonly page: Page
  readonly phone: FrameLocator
  send(message: EmbedderMessage): Promise<void>
  /** Everything that the phone has posted up to now. */
  messages(): Promise<PhoneMessage[]>
  /** Waits for a message of this type and returns the last one. */
  waitFor(type: PhoneMessage['type']): Promise<PhoneMessage>
  restart(change?: Partial<PhoneSettings>): Promise<void>
}

export async function openStage(programDir = fixtureDir): Promise<Stage> {
  const dir = mkdtempSync(path.join(tmpdir(), 'miniprogram-host-'))
  await buildHostedProgram({ programDir, outDir: path.join(dir, 'phone') })
  await build({
    entryPoints: [fileURLToPath(new URL('./embedder-page.ts', import.meta.url))],
    outfile: path.join(dir, 'embedder.js'),
    bundle: true,
    logLevel: 'warning',
  })
  const server = await serve(dir)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const url = `http://127.0.0.1:${port}/`
  const site = await openSite(`${url}embedder.js`, { viewport: { width: 390, height: 844 } })
  return {
    open: (change = {}) => open(site, url, change),
    close: async () => {
      await site.close()
      server.close()
      rmSync(dir, { recursive: true })
    },
  }
}

async function open(site: Site, url: string, change: Partial<PhoneSettings>): Promise<OpenPhone> {
  const page = await site.newVisitor()
  onTestFinished(() => page.close())
  await page.goto(url)
  const start = async (next: Partial<PhoneSettings>) => {
    await page.evaluate((all) => globalThis.embedder.open(all), { ...settings, ...next })
    await page.waitForFunction(() => globalThis.embedder.messages.some(({ type }) => type === 'ready'))
  }
  await start(change)
  const messages = () =>
    page.evaluate(async () => {
      await globalThis.embedder.catchUp()
      return globalThis.embedder.messages
    })
  return {
    page,
    phone: page.frameLocator('iframe'),
    send: (message) => page.evaluate((each) => globalThis.embedder.send(each), message),
    messages,
    waitFor: async (type) => {
      await page.waitForFunction(
        (name) => globalThis.embedder.messages.some((each) => each.type === name),
        type,
      )
      const found = (await messages()).filter((each) => each.type === type)
      const last = found.at(-1)
      if (last === undefined) throw new Error(`no ${type}`)
      return last
    },
    restart: async (next = {}) => {
      await page.evaluate(() => {
        globalThis.embedder.kill()
        globalThis.embedder.messages.length = 0
      })
      await start(next)
    },
  }
}

async function serve(dir: string): Promise<Server> {
  const server = createServer((request, response) => void answer(dir, request, response))
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return server
}

async function answer(dir: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = request.url ?? '/'
  if (file.startsWith('/api/')) {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    response.writeHead(file.includes('refused') ? 409 : 200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        token: 'secret',
        path: file,
        method: request.method,
        body: Buffer.concat(chunks).toString(),
      }),
    )
    return
  }
  response.setHeader(
    'content-security-policy',
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
  )
  if (file === '/') {
    response.setHeader('content-type', 'text/html')
    response.end(
      '<!doctype html><title>embedder</title><style>body{margin:0}iframe{border:0;width:390px;height:844px}</style><body><script src="embedder.js"></script>',
    )
    return
  }
  response.setHeader('content-type', TYPES.get(path.extname(file)) ?? 'application/octet-stream')
  try {
    response.end(readFileSync(path.join(dir, file)))
  } catch {
    response.writeHead(404).end()
  }
}
