import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as Type from '@sinclair/typebox'
import type { Static } from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { type Amount, orderNumber, type Payment } from '@tael/contracts'
import { serverEnvironment } from '@tael/stack'
import { expect } from 'vitest'
import { commands } from '../src/commands.ts'
import { fen, openNotified, type Operator, type Shopper } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { blocksOf, commandsOf, type PageCommand } from './page-blocks.ts'
import { refundInVain } from './refund-in-vain.ts'
import { runCommand } from './run-command.ts'
import { until } from './until.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const readFileOf = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', { cwd: root }).toSorted()]

/** Commands that are not run here, by how they begin, and why not. */
const excused: Readonly<Record<string, string>> = {
  'ADYEN_ENVIRONMENT=live node --env-file=.env dist/main.js':
    'It needs real accounts, and runs until it is stopped.',
  "psql <owner's> --file docs/runtime-role.sql": 'runtime-role.test.ts runs this file, as a role of its own.',
  'pg_dump ': "Debian's pg_dump refuses the newer PostgreSQL of the tests: docs/proof.md has the restore.",
  'psql postgres://…/postgres -c': 'It drops the database: docs/proof.md has the restore.',
  'pg_restore ': 'It restores what pg_dump wrote: docs/proof.md has the restore.',
  'export BACKUP_REPO': 'It configures the machine, as root; the drill restore fills in these files.',
  'export PGDATA=': 'The same.',
  'install -d -m 750': 'The same.',
  'envsubst < ': 'The same.',
  'echo "include': 'The same.',
  'pgbackrest ': 'The drill restore runs it: docs/proof.md has what it saw.',
  'apt-get install ': 'It installs.',
  'cp deploy/monitoring/': 'It configures the machine, as root.',
  'promtool check config /etc/': 'monitoring.test.ts checks these files where they are in the repository.',
  'systemctl restart ': 'It restarts a service of the machine.',
  'sed -i ': 'It configures the machine, as root.',
  'cd deploy/monitoring && promtool test rules': 'monitoring.test.ts runs it.',
  'OTEL_EXPORTER_OTLP_ENDPOINT=': 'A setting, which traces.test.ts makes.',
  'git ': 'It releases what is checked out.',
}

/** Pages that set up machines, as root, from nothing. Their commands are not run here; what they name must exist. */
const machinePages: Readonly<Record<string, string>> = {
  'docs/installing.md': 'docs/proof.md has the Debian on which they were run.',
  'docs/high-availability.md': 'The drill failover starts these programs with these files.',
}

/** Commands that exit with 1 where they find something, which they do in this shop. */
const finding = ['doctor', 'go-live', 'attention', 'settlement', 'show-settlement', 'erase-shopper']

const REPORT = 'settlement_detail_report_batch_4.csv'

/** What stands in a page for something that only the reader has: by its text, what it is here. */
type Values = Readonly<Record<string, string>>

/** Runs a command of a page, and throws with what was wrong. */
type Run = (command: PageCommand) => Promise<void>

const bash = async (command: string, cwd: string, environment: Values = {}): Promise<string> => {
  const env = { PATH: process.env['PATH'], ...environment }
  return (await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', command], { cwd, env })).stdout
}

const shopperIdOf = async (operator: Operator, orderId: string): Promise<string> => {
  const { shopperId } = await operator.getOrderRecord(orderId)
  if (shopperId === null) throw new Error('The order has no shopper.')
  return shopperId
}

const test = base
  // oxlint-disable-next-line eslint/no-empty-pattern
  .extend('notified', { scope: 'file' }, async ({}, { onCleanup }) => {
    const notified = await openNotified()
    onCleanup(() => notified.close())
    return notified
  })
  .extend('settings', { scope: 'file' }, ({ notified }) => notified.settings)
  /** A folder with the report of this shop under each name that the pages use. */
  .extend('folder', { scope: 'file' }, async ({ shop, shopper, adyen }, { onCleanup }) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tael-pages-'))
    onCleanup(() => rm(folder, { recursive: true }))
    await shopper.buy(4100)
    await adyen.waitForDeliveries()
    const report = await (await fetch(`${shop.simulator.url}/simulator/settlement.csv`)).text()
    // One difference, for an operator to handle.
    const changed = report.replace('41.00', '42.00')
    for (const name of [REPORT, 'batch_4.csv', 'batch_5.csv', 'batch_6.csv'])
      await writeFile(path.join(folder, name), changed)
    return folder
  })
  /** What a command needs to exist, by the first row that it fits. */
  .extend(
    'stages',
    { scope: 'file' },
    ({ shop, shopper, operator, merchant, adyen }): readonly (readonly [RegExp, () => Promise<Values>])[] => {
      const failed = once(() => failRefund(shopper, operator, async (about) => adyen.deliver(about)))
      const erasable = once(async () => {
        const leaver = await shop.shopper('leaver')
        const { id } = await leaver.cancelOrder((await leaver.order(4000)).id)
        return { 'sh_…': await shopperIdOf(operator, id) }
      })
      return [
        [
          /resend.*rf_…|rf_….resend/,
          async () => ({ 'rf_…': await refundInVain(shop, operator, await shopper.buy(4000)) }),
        ],
        [
          /-refund rf_…|refund-proposals/,
          async () => {
            const created = await shop.refunder('Lina', fen(100)).createRefund(await shopper.buy(4000))
            return { 'rf_…': created.state === 'requested' ? created.refund.id : created.proposal.refundId }
          },
        ],
        [/refund_failed rf_…/, failed],
        [
          /decline/,
          async () => {
            const { orderId } = await shopper.buy(4000)
            await shopper.requestRefund(orderId)
            return { 'ord_…': orderId }
          },
        ],
        [
          /show-settlement/,
          async () => ({ '<id>': (await operator.listSettlements()).settlements[0]?.id ?? '' }),
        ],
        [/erase-shopper/, erasable],
        [
          /261126-4829-1375/,
          async () => ({ '261126-4829-1375': orderNumber((await shopper.order(4000)).id) }),
        ],
        [
          /\/merchant\/orders\/A-4711\/refunds/,
          async () => {
            const order = await merchant.put({ value: 4000 })
            await shopper.pay(await shopper.startPayment(order))
            return { 'A-4711': order.reference }
          },
        ],
        [
          /audit/,
          async () => {
            const payment = await shopper.buy(4000)
            await operator.refund(payment)
            return { 'pay_…': payment.id }
          },
        ],
        [
          /(?:pay|ord|sh)_…/,
          async () => {
            const { id, orderId } = await shopper.buy(4000)
            return { 'pay_…': id, 'ord_…': orderId, 'sh_…': await shopperIdOf(operator, orderId) }
          },
        ],
      ]
    },
  )
  .extend('fill', { scope: 'file' }, ({ stages }) => async ({ page, text }: PageCommand) => {
    const [, prepare] = stages.find(([pattern]) => pattern.test(text)) ?? []
    // The pages put the same reference with different amounts.
    const values = { 'A-4711': `A-4711-${path.basename(page, '.md')}`, ...(await prepare?.()) }
    const filled = Object.entries(values).reduce(
      (filling, [placeholder, value]) => filling.replaceAll(placeholder, value),
      text,
    )
    if (/…|<[\w ]+>/.test(filled))
      throw new Error('Nothing here fills its placeholder: add a row to `stages`.')
    return filled
  })
  .extend(
    'run',
    { scope: 'file' },
    ({ shop, settings, operator, merchant, folder, fill }): Run =>
      async (command) => {
        // The database of the page's reader is that of this shop.
        const text = command.text.replace(/^[A-Z_]+=<[^>]*> /, '')
        const program = /^(?:npx -y pnpm@\S+ exec )?(\w+)/.exec(text)?.[1] ?? ''
        if (program === 'npx') return checkScript(await wordsOf(text, folder))
        const filled = await fill({ ...command, text })
        if (program === 'curl') {
          const key = await (filled.includes('/merchant/') ? merchant : operator).key()
          const here = filled
            .replaceAll('http://127.0.0.1:8601', shop.server.operatorsUrl)
            .replace('curl ', 'curl --silent --show-error --fail-with-body ')
          return void (await bash(here, folder, { KEY: key }))
        }
        if (program === 'openssl' || program === 'export') return void (await bash(filled, folder))
        if (program !== 'node')
          throw new Error('Let this test run it, or add it to `excused` with the reason.')
        const [script = '', ...args] = (await wordsOf(filled.replace(/ > \S+$/, ''), folder)).filter(
          (word) => !/^(?:npx|-y|pnpm@.*|exec|node|--env-file=.env)$/.test(word),
        )
        if (!/^(?:apps\/server\/)?dist\/command\.js$/.test(script))
          throw new Error(`Only dist/command.js is run here, not ${script}.`)
        const here = args.map((arg) => (arg.endsWith('.csv') ? path.join(folder, arg) : arg))
        const environment = serverEnvironment(shop.simulator.url, {
          ...settings,
          DATABASE_URL: shop.database.url,
        })
        const { code, out, err } = await runCommand(here, environment)
        if (code !== 0 && !(code === 1 && finding.includes(args[0] ?? '')))
          throw new Error(`It exits with ${code}: ${err.split('\n')[0]}`)
        if (out === '') throw new Error('It prints nothing.')
      },
  )

/** Makes something once, for commands about the same thing. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

/** Lets a refund fail after its success, and returns it with the time at which it is listed. */
async function failRefund(
  shopper: Shopper,
  operator: Operator,
  deliver: (item: {
    readonly eventCode: string
    readonly about: { readonly id: string; readonly amount: Amount }
    readonly pspReference: string
    readonly reason: string
  }) => Promise<unknown>,
): Promise<Values> {
  const payment: Payment = await shopper.buy(4000)
  const { id, amount } = await operator.refund(payment)
  const made = async () => (await operator.getPaymentRecord(payment.id)).refunds[0]
  await until(async () => (await made())?.status === 'refunded')
  const pspReference = (await made())?.pspReference ?? ''
  const about = { id: payment.id, amount }
  await deliver({ eventCode: 'REFUND_FAILED', about, pspReference, reason: 'account closed' })
  const [item] = await operator.listAttention(id)
  return { 'rf_…': id, '2026-11-27T08:00:00.000Z': item?.since ?? '' }
}

/** The words of a command, as a shell reads them. */
async function wordsOf(command: string, cwd: string): Promise<readonly string[]> {
  return (await bash(`printf '%s\\0' ${command}`, cwd)).split('\0').slice(0, -1)
}

const Manifest = Type.Object({
  name: Type.String(),
  packageManager: Type.Optional(Type.String()),
  scripts: Type.Optional(Type.Record(Type.String(), Type.String())),
})

const readManifest = (file: string): Static<typeof Manifest> => Parse(Manifest, JSON.parse(readFileOf(file)))

/** Throws where a line of pnpm names a script, a workspace or a file that does not exist. What it starts takes minutes. */
function checkScript(words: readonly string[]): void {
  const { packageManager, scripts } = readManifest('package.json')
  const [npx, yes, pnpm, ...rest] = words
  if (`${npx} ${yes} ${pnpm}` !== `npx -y ${packageManager}`)
    throw new Error(`Write npx -y ${packageManager}.`)
  const filter = rest[0] === '--filter' ? rest[1] : undefined
  const [script = '', ...args] = filter === undefined ? rest : rest.slice(2)
  const workspace = globSync('{apps/*,packages/*,docs}/package.json', { cwd: root })
    .map(readManifest)
    .find(({ name }) => name === filter)
  if (filter !== undefined && workspace === undefined) throw new Error(`No workspace is named ${filter}.`)
  const known =
    ['deploy', 'pack'].includes(script) ||
    script in ((filter === undefined ? scripts : workspace?.scripts) ?? {}) ||
    existsSync(path.join(root, 'node_modules/.bin', script))
  if (!known) throw new Error(`No script is named ${script}.`)
  const missing = args.filter((arg) => /^[a-z]\w*\/[\w./-]+$/.test(arg) && !existsSync(path.join(root, arg)))
  if (missing.length > 0) throw new Error(`It names files that do not exist: ${missing.join(', ')}`)
}

test.for(pages)('the commands of %s work', async (page, { run }) => {
  const failures: string[] = []
  for (const command of commandsOf(page, readFileOf(page))) {
    if (Object.keys(excused).some((start) => command.text.startsWith(start))) continue
    await (page in machinePages ? checkNames(command) : run(command)).catch((error: unknown) => {
      failures.push(`${page}:${command.line} ${command.text}\n${String(error)}`)
    })
  }
  expect(failures.join('\n\n')).toBe('')
})

/** Rejects where a command names a file of `deploy/`, or a command of ours, that does not exist. */
async function checkNames({ text }: PageCommand): Promise<void> {
  const files = text.match(/(?<=^|[\s'"=/])deploy\/[\w./@-]+/g) ?? []
  const missing = files.filter((file) => !existsSync(path.join(root, file)))
  if (missing.length > 0) throw new Error(`It names files that do not exist: ${missing.join(', ')}`)
  const [, name] = /dist\/command\.js ([\w-]+)/.exec(text) ?? []
  if (name !== undefined && !commands.some((one) => one.name === name))
    throw new Error(`No command is named ${name}.`)
}

test('no command is excused that no page has', () => {
  const commands = pages.flatMap((page) => commandsOf(page, readFileOf(page)))
  const unused = Object.keys(excused).filter((start) => !commands.some(({ text }) => text.startsWith(start)))
  expect(unused).toEqual([])
})

test('the SQL of the pages runs on the tables of this release', async ({ shop, fill }) => {
  const blocks = pages
    .flatMap((page) => blocksOf(page, readFileOf(page)))
    .filter(({ page, language }) => language === 'sql' && !(page in machinePages))
  expect(blocks.length).toBeGreaterThan(0)
  for (const block of blocks) {
    const sql = await fill({ ...block, text: block.text.replace('<id of the lost key>', 'lost') })
    await shop.database.rows(`begin; ${sql}; rollback`)
  }
})
