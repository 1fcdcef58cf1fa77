import { glob, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { slowest } from '../vitest.slowest.ts'

/** Who may import whom. What a workspace's own tests import is not held to it. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'packages/config': [],
  'packages/contracts': [],
  'packages/adyen': [],
  'packages/miniprogram-host': [],
  'packages/miniprogram-pay': ['@tael/contracts'],
  'packages/stack': ['@tael/config', '@tael/contracts'],
  'apps/server': ['@tael/adyen', '@tael/config', '@tael/contracts', '@tael/miniprogram/goods'],
  'apps/miniprogram': ['@tael/contracts', '@tael/miniprogram-pay'],
  'apps/simulator': ['@tael/adyen', '@tael/config'],
  'apps/console': ['@tael/contracts'],
  'apps/playground': [
    '@tael/config',
    '@tael/contracts',
    '@tael/miniprogram',
    '@tael/miniprogram-host',
    '@tael/simulator/call-log',
  ],
}

/** What only the code that builds a workspace may import besides: `build.ts`, `release.ts` and `build/`. */
const buildMayImport: Readonly<Record<string, readonly string[]>> = {
  'apps/miniprogram': ['@tael/miniprogram-host/check'],
  'packages/miniprogram-pay': ['@tael/miniprogram-host/check'],
}

/**
 * The layers of a source folder, bottom to top, types counted: a file imports from its own part and
 * from the layers below it. Parts of one layer do not import each other. A part is a folder or a file.
 */
const layers: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'apps/server/src': [
    ['config', 'csv.ts', 'external-text.ts', 'steps.ts', 'young-generation.ts'],
    ['config.ts'],
    ['db'],
    ['audit', 'jobs', 'http'],
    ['cli'],
    ['adyen-reports', 'call-counts', 'openids', 'signed-webhook', 'wechat'],
    ['channels'],
    ['context.ts'],
    ['operators', 'login', 'ledger'],
    ['adyen', 'attention', 'console', 'settings'],
    ['messages', 'notifications', 'refunds', 'shipping', 'shop', 'webhooks'],
    ['payments', 'reconciliation', 'settlement'],
    ['orders'],
    ['merchant', 'records'],
    ['overview', 'privacy'],
    ['migrate-command.ts'],
    ['app.ts', 'job-handlers.ts', 'commands.ts', 'describe.ts'],
    ['server.ts'],
    ['main.ts', 'command.ts'],
  ],
  'apps/miniprogram/src': [
    ['texts'],
    ['merchant'],
    ['colours.ts', 'services'],
    ['views'],
    ['components', 'pages', 'app.ts'],
  ],
  'apps/miniprogram/build': [
    ['colours.ts', 'project.ts', 'sizes.ts', 'upload-problems.ts'],
    ['goods.ts', 'icons.ts'],
    ['mini-program.ts'],
  ],
  'apps/simulator/src': [
    ['cashier-keys.ts', 'config.ts', 'faults.ts', 'openid.ts', 'references.ts'],
    ['scenarios.ts'],
    ['state'],
    ['broken-answers.ts', 'settlement-report.ts'],
    ['reports.ts'],
    ['adyen', 'control.ts'],
    ['wechat'],
    ['simulator.ts'],
    ['main.ts'],
  ],
  'apps/console/src': [
    ['texts', 'format'],
    ['server'],
    ['parts'],
    ['actions'],
    ['pages'],
    ['shell'],
    ['main.tsx'],
  ],
  'apps/playground/page': [
    ['button.ts'],
    ['call-stream.ts', 'diagram', 'page-link.ts', 'shopper.ts', 'simulator.ts'],
    ['cashier', 'guide.ts', 'merchant', 'toolbar.ts'],
    ['phone.ts'],
    ['main.ts'],
  ],
  'packages/adyen/src': [
    ['absent.ts', 'action.ts'],
    ['wechat-pay.ts'],
    ['wire.ts'],
    ['checkout.ts', 'webhook.ts'],
    ['report.ts'],
    ['index.ts'],
  ],
  'packages/contracts/src': [
    ['amount.ts', 'check.ts', 'id.ts', 'idempotency-key.ts', 'text.ts', 'order-number.ts', 'results.ts'],
    [
      'address.ts',
      'payments.ts',
      'problems.ts',
      'products.ts',
      'refunds.ts',
      'sessions.ts',
      'shipments.ts',
      'webhooks.ts',
    ],
    ['orders.ts'],
    ['operators'],
    ['merchant'],
    ['routes'],
    ['client.ts'],
    ['index.ts'],
  ],
  'packages/miniprogram-pay/src': [
    ['errors.ts', 'format-amount.ts', 'timers.ts', 'wechat.ts', 'attempt.ts'],
    [
      'idempotency-key.ts',
      'lock.ts',
      'login.ts',
      'problems.ts',
      'http.ts',
      'slow.ts',
      'storage.ts',
      'cashier.ts',
    ],
    ['tael-pay.ts', 'attempt-store.ts', 'retries.ts', 'simulated-cashier.ts'],
    ['confirmed-amount.ts', 'session.ts', 'stored-attempt.ts'],
    ['requests.ts'],
    ['pay.ts', 'resume.ts', 'watch-payment.ts'],
    ['create-tael-shop.ts'],
    ['create-tael-pay.ts'],
    ['index.ts', 'shop.ts'],
  ],
  'packages/miniprogram-pay/build': [
    ['declarations.ts', 'parse-script.ts', 'simulated-cashier.ts', 'without-properties.ts'],
    ['phone-check.ts', 'plain-exports.ts', 'trimmed-contract.ts'],
    ['bundle.ts'],
    ['for-phones.ts', 'package.ts'],
  ],
  'packages/miniprogram-host/src': [
    ['components.ts', 'paths.ts', 'program.ts', 'protocol.ts'],
    ['browser', 'build', 'embedder.ts'],
  ],
}

/** The tables that only the ledger writes; of products, it alone writes the stock. */
const ledgerTables = [
  'orders',
  'payments',
  'payment_events',
  'refunds',
  'adyen_calls',
  'stock_intakes',
  'merchant_events',
]

const root = fileURLToPath(new URL('../', import.meta.url))

const ignored = (name: string): boolean => ['node_modules', 'dist', '.turbo'].includes(path.basename(name))

async function filesUnder(...patterns: string[]): Promise<string[]> {
  const found: string[] = []
  for await (const file of glob(patterns, { cwd: root, exclude: ignored })) found.push(file)
  return found.toSorted()
}

const readSource = (file: string): Promise<string> => readFile(path.join(root, file), 'utf8')

/** What a file imports, types included, in whichever form. */
async function importsOf(file: string): Promise<string[]> {
  return [...(await readSource(file)).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, name = '']) => name,
  )
}

/** The files of a folder, each with the files of the same folder that it imports. */
async function importGraph(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const graph = new Map<string, readonly string[]>()
  for (const file of await filesUnder(`${folder}/**/*.{ts,tsx}`)) {
    const relative = (await importsOf(file))
      .filter((name) => name.startsWith('.'))
      .map((name) => path.join(path.dirname(file), name))
    graph.set(
      file,
      relative.filter((name) => name.startsWith(`${folder}/`)),
    )
  }
  return graph
}

/** The imports that lead back to the file they started from, one line for each circle found. */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
    if (trail.includes(file) || done.has(file)) return
    for (const imported of graph.get(file) ?? []) visit(imported, [...trail, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return circles
}

test('every workspace is in the table', async () => {
  const workspaces = (await filesUnder('packages/*/package.json', 'apps/*/package.json')).map((file) =>
    path.dirname(file),
  )
  expect(workspaces).toEqual(Object.keys(mayImport).toSorted())
})

test('the types of every project are checked', async () => {
  const projects = await filesUnder('{apps,packages,e2e,bench,deploy,mutation}/**/tsconfig*.json')
  const checked = [...(await readSource('tsconfig.workspaces.json')).matchAll(/"path": "([^"]+)"/g)].map(
    ([, name = '']) => (name.endsWith('.json') ? name : path.join(name, 'tsconfig.json')),
  )
  const unchecked: string[] = []
  // What emits declarations for a package compiles sources that another project checks.
  for (const project of projects)
    if (!checked.includes(project) && !/"noEmit": false/.test(await readSource(project)))
      unchecked.push(project)
  expect(unchecked).toEqual([])
  expect(checked.toSorted()).toEqual(
    ['tsconfig.json', ...projects.filter((each) => checked.includes(each))].toSorted(),
  )
})

test('every file that is started first is there', async () => {
  expect(await filesUnder(...slowest)).toEqual(slowest.toSorted())
})

test.each(Object.keys(mayImport))('%s imports only what its row allows', async (workspace) => {
  const isBuild = (file: string): boolean =>
    /^((build|release)\.ts$|build\/)/.test(path.relative(workspace, file))
  const allowedIn = (file: string): readonly string[] => [
    ...(mayImport[workspace] ?? []),
    ...(isBuild(file) ? (buildMayImport[workspace] ?? []) : []),
  ]
  const files = await filesUnder(`${workspace}/{src,page,build}/**/*.{ts,tsx}`, `${workspace}/*.ts`)
  expect(files.length).toBeGreaterThan(0)
  const offences: string[] = []
  for (const file of files) {
    for (const name of await importsOf(file)) {
      const workspaceOf = name.split('/').slice(0, 2).join('/')
      const allowed = allowedIn(file)
      const ours = name.startsWith('@tael/') && !allowed.includes(workspaceOf) && !allowed.includes(name)
      const outside =
        name.startsWith('.') && path.relative(workspace, path.join(path.dirname(file), name)).startsWith('..')
      if (ours || outside) offences.push(`${file} imports ${name}`)
    }
  }
  expect(offences).toEqual([])
})

test.each(Object.keys(layers))('the imports of %s run downwards through its layers', async (folder) => {
  const rows = layers[folder] ?? []
  const partOf = (file: string): string => path.relative(folder, file).split('/')[0] ?? ''
  const layerOf = (file: string): number => rows.findIndex((row) => row.includes(partOf(file)))
  const graph = await importGraph(folder)
  expect(graph.size).toBeGreaterThan(rows.length)
  const offences = [...graph].flatMap(([file, imported]) => [
    ...(layerOf(file) === -1 ? [`${file} is in no layer`] : []),
    ...imported
      .filter((name) => partOf(name) !== partOf(file) && layerOf(name) >= layerOf(file))
      .map((name) => `${file} imports ${name}, which is not below it`),
  ])
  expect(offences).toEqual([])
  const parts = new Set([...graph.keys()].map(partOf))
  expect(rows.flat().filter((part) => !parts.has(part))).toEqual([])
})

test.each(Object.keys(mayImport))('%s has no circle of imports, types counted', async (workspace) => {
  expect(circlesIn(await importGraph(workspace))).toEqual([])
})

/** The files of the server whose source holds a text. */
async function serverFilesWith(text: RegExp): Promise<string[]> {
  const found: string[] = []
  for (const file of await filesUnder('apps/server/src/**/*.ts'))
    if (text.test(await readSource(file))) found.push(path.relative('apps/server/src', file))
  return found
}

test('only the ledger writes orders, payments, events, refunds, calls and stock', async () => {
  const tables = ledgerTables.join('|')
  const byKysely = new RegExp(`(insertInto|updateTable|deleteFrom|mergeInto)\\('(${tables})'\\)`)
  const bySql = new RegExp(`(insert into|update|delete from) (${tables})\\b`)
  const stock = /\.set\([^]{0,80}stock_(free|reserved|sold)|update products/
  for (const writing of [byKysely, bySql, stock]) {
    const files = await serverFilesWith(writing)
    expect(files.filter((file) => !file.startsWith('ledger/'))).toEqual([])
  }
  expect(await serverFilesWith(/updateTable\('payments'\)/)).toEqual([
    'ledger/apply-event.ts',
    // Removes what opened the cashier of an attempt that ended.
    'ledger/forget-cashiers.ts',
    // Removes the same, and the notes of refunds, of a shopper who is erased.
    'ledger/forget-shopper.ts',
  ])
  expect(await serverFilesWith(/updateTable\('refunds'\)/)).toEqual([
    'ledger/change-refund.ts',
    'ledger/forget-shopper.ts',
  ])
  // Reconciliation only reads: it computes what the recorded events must have led to.
  expect(await serverFilesWith(/\btransition\(/)).toEqual([
    'ledger/apply-event.ts',
    'ledger/transition.ts',
    'reconciliation/history.ts',
    'reconciliation/webhooks.ts',
  ])
})

test('transactions begin in one file: those that write, and those that read a snapshot', async () => {
  expect(await serverFilesWith(/\.transaction\(\)/)).toEqual(['db/transaction.ts'])
})

test('the ledger and the stores know no HTTP', async () => {
  const inner = await filesUnder('apps/server/src/ledger/*.ts', 'apps/server/src/**/{store,view}.ts')
  expect(inner.length).toBeGreaterThan(12)
  const offences: string[] = []
  for (const file of inner) {
    for (const name of await importsOf(file))
      if (name === 'fastify' || /\/http\/|routes\.ts$|app\.ts$/.test(name))
        offences.push(`${file} imports ${name}`)
  }
  expect(offences).toEqual([])
})

test('the server reads the time from PostgreSQL, which all servers share', async () => {
  // pg-boss notes when its workers fetched by the process's clock.
  expect(await serverFilesWith(/\bDate\.now\(\)|\bnew Date\(\)/)).toEqual(['jobs/workers.ts'])
})

test('only the processes read the environment of the server', async () => {
  expect(await serverFilesWith(/process\.env/)).toEqual(['command.ts', 'main.ts'])
})

test('every name of a file says what it holds', async () => {
  const files = await filesUnder('{apps,packages,e2e}/**/*')
  expect(files.filter((file) => /^(utils?|helpers?|common|misc)(\.|$)/.test(path.basename(file)))).toEqual([])
})
