import { glob, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Who may import whom. What a workspace's own tests import is not held to it. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'packages/config': [],
  'packages/contracts': [],
  'packages/adyen': [],
  'packages/miniprogram-host': [],
  'packages/stack': [],
  'apps/server': ['@tael/adyen', '@tael/config', '@tael/contracts', '@tael/miniprogram/goods'],
  'apps/miniprogram': ['@tael/contracts'],
  'apps/simulator': ['@tael/adyen', '@tael/config'],
  'apps/playground': ['@tael/config', '@tael/miniprogram', '@tael/miniprogram-host'],
}

const root = fileURLToPath(new URL('../', import.meta.url))

const ignored = (name: string): boolean => ['node_modules', 'dist', '.turbo'].includes(path.basename(name))

async function filesUnder(...patterns: string[]): Promise<string[]> {
  const found: string[] = []
  for await (const file of glob(patterns, { cwd: root, exclude: ignored })) found.push(file)
  return found.toSorted()
}

/** What a file imports, in whichever form. */
async function importsOf(file: string): Promise<string[]> {
  const source = await readFile(path.join(root, file), 'utf8')
  return [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) => name)
}

test('every workspace stands in the table', async () => {
  const workspaces = (await filesUnder('packages/*/package.json', 'apps/*/package.json')).map((file) =>
    path.dirname(file),
  )
  expect(workspaces).toEqual(Object.keys(mayImport).toSorted())
})

test.each(Object.keys(mayImport))('%s imports what it may, and reaches into nobody', async (workspace) => {
  const allowed = mayImport[workspace] ?? []
  const files = await filesUnder(`${workspace}/{src,page,build}/**/*.ts`, `${workspace}/*.ts`)
  expect(files.length).toBeGreaterThan(0)
  const offences: string[] = []
  for (const file of files) {
    for (const name of await importsOf(file)) {
      const workspaceOf = name.split('/').slice(0, 2).join('/')
      const ours = name.startsWith('@tael/') && !allowed.includes(workspaceOf) && !allowed.includes(name)
      const outside =
        name.startsWith('.') && path.relative(workspace, path.join(path.dirname(file), name)).startsWith('..')
      if (ours || outside) offences.push(`${file} imports ${name}`)
    }
  }
  expect(offences).toEqual([])
})

test('inside the server HTTP is the outer layer: stores and the transition know nothing of it', async () => {
  const inner = await filesUnder(
    'apps/server/src/**/store.ts',
    'apps/server/src/payments/{transition,apply,view}.ts',
  )
  expect(inner.length).toBeGreaterThan(4)
  const offences: string[] = []
  for (const file of inner) {
    for (const name of await importsOf(file)) {
      if (name === 'fastify' || /\/http\/|routes\.ts$|app\.ts$/.test(name))
        offences.push(`${file} imports ${name}`)
    }
  }
  expect(offences).toEqual([])
})

test('the processes read the environment of the server, and one file moves a payment', async () => {
  const sources = await filesUnder('apps/server/src/**/*.ts')
  const holding = async (text: RegExp): Promise<string[]> => {
    const found: string[] = []
    for (const file of sources) if (text.test(await readFile(path.join(root, file), 'utf8'))) found.push(file)
    return found
  }
  expect(await holding(/process\.env/)).toEqual(['apps/server/src/command.ts', 'apps/server/src/main.ts'])
  expect(await holding(/updateTable\('payments'\)/)).toEqual(['apps/server/src/payments/apply.ts'])
  // The books only read: they make of the events what they must have led to.
  expect(await holding(/\btransition\(/)).toEqual([
    'apps/server/src/books/history.ts',
    'apps/server/src/books/webhooks.ts',
    'apps/server/src/payments/apply.ts',
    'apps/server/src/payments/transition.ts',
  ])
})

test('no file is named after nothing', async () => {
  const files = await filesUnder('{apps,packages,e2e}/**/*')
  expect(files.filter((file) => /^(utils?|helpers?|common|misc)(\.|$)/.test(path.basename(file)))).toEqual([])
})
