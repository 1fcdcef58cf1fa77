import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { beforeAll, expect, test } from 'vitest'

/** What a browser loads before the first page shows anything, compressed, in bytes. */
const FIRST_PAGE_MAX = 300 * 1024

const dist = path.join(import.meta.dirname, '../dist')

/** A script or style of the built page, as Vite's manifest describes it. */
interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
  readonly dynamicImports?: readonly string[]
}

async function readManifest(): Promise<ReadonlyMap<string, Chunk>> {
  const manifest: Readonly<Record<string, Chunk>> = JSON.parse(
    await readFile(path.join(dist, '.vite/manifest.json'), 'utf8'),
  )
  return new Map(Object.entries(manifest))
}

/** The files that these chunks need, with what they import at once. */
function filesOf(manifest: ReadonlyMap<string, Chunk>, names: readonly string[]): ReadonlySet<string> {
  const files = new Set<string>()
  const visit = (name: string): void => {
    const chunk = manifest.get(name)
    if (chunk === undefined || files.has(chunk.file)) return
    files.add(chunk.file)
    for (const style of chunk.css ?? []) files.add(style)
    for (const imported of chunk.imports ?? []) visit(imported)
  }
  for (const name of names) visit(name)
  return files
}

async function compressedBytes(files: Iterable<string>): Promise<number> {
  let bytes = 0
  for (const file of files) bytes += gzipSync(await readFile(path.join(dist, file))).length
  return bytes
}

beforeAll(async () => {
  await stat(path.join(dist, 'index.html')).catch(() =>
    build({ root: path.join(dist, '..'), logLevel: 'error' }),
  )
})

test('each page, opened first, loads at most 300 KB', async () => {
  const manifest = await readManifest()
  // What a page loads once it is shown, such as its charts, is not what it waits for.
  const pages = manifest.get('index.html')?.dynamicImports ?? []
  expect(pages.length).toBeGreaterThan(5)
  const tooLarge: string[] = []
  for (const page of pages) {
    const bytes = await compressedBytes(filesOf(manifest, ['index.html', page]))
    if (bytes > FIRST_PAGE_MAX) tooLarge.push(`${page}: ${bytes}`)
  }
  expect(tooLarge).toEqual([])
})

test('the page has no script or style of its own, which its policy would refuse', async () => {
  const page = await readFile(path.join(dist, 'index.html'), 'utf8')
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/)
  expect(page).toContain('nonce="__CSP_NONCE__"')
})
