import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { startServer } from '@tael/stack'
import { expect, inject, test } from 'vitest'
import { clusterFolder } from './cluster.ts'
import { startCommand } from './run-command.ts'

const ADYEN_MERCHANT_ACCOUNT = 'TaelTest'

/** A report with one unknown payment. */
const report = `Merchant Account,Psp Reference,Merchant Reference,Creation Date,TimeZone,Type,Modification Reference,\
Gross Currency,Gross Debit (GC),Gross Credit (GC),Net Currency,Net Debit (NC),Net Credit (NC)
TaelTest,UNHEARDOF0000001,pay_${'0'.repeat(32)},2026-06-01 00:00:00,UTC,Settled,,CNY,,1.00,CNY,,1.00
`

async function folder(): Promise<string> {
  const made = await clusterFolder()
  await writeFile(path.join(made, 'report.csv'), report)
  return made
}

test('help lists the commands, and each explains itself', async () => {
  const help = await startCommand(['--help'], {}, '.')
  expect(help).toMatchObject({ code: 0, err: '' })
  expect(help.out).toMatch(/^Usage: [^\n]* <command>[^]*^ {2}settlement +compare /m)
  const more = await startCommand(['settlement', '--help'], {}, '.')
  expect(more).toMatchObject({ code: 0, err: '' })
  expect(more.out).toMatch(/^Usage: [^\n]* settlement <report.csv>[^]*--from, --to[^]*--json/)
})

test.each([
  [[], 'Name a command.'],
  [['settle'], 'The command settle does not exist.'],
  [['settlement'], 'Name a report.'],
  [['settlement', 'report.csv', '--since', 'x'], "Unknown option '--since'"],
  [['settlement', 'report.csv', '--from', '2026-06-01'], '--from must be a time such as'],
  [
    ['settlement', 'report.csv', '--from', '2026-06-01T00:00:00+08:00', '--to', '2026-05-31T16:00:00Z'],
    '--to must be later than --from.',
  ],
])('%j is wrong usage', async (args, words) => {
  const { code, out, err } = await startCommand(args, {}, '.')
  expect({ code, out }).toEqual({ code: 64, out: '' })
  expect(err).toContain(words)
  expect(err).toContain('\nUsage: ')
})

test('a command names what its configuration lacks, and needs only what it uses', async () => {
  const cwd = await folder()
  const compare = (environment: Record<string, string>) =>
    startCommand(['settlement', 'report.csv'], environment, cwd)
  expect(await compare({ DATABASE_URL: 'mysql://localhost/tael' })).toEqual({
    code: 78,
    out: '',
    err: expect.stringMatching(
      /DATABASE_URL is invalid[^]*ADYEN_MERCHANT_ACCOUNT is missing[^]*See \.env\.example/,
    ),
  })
  expect(await compare({ ADYEN_MERCHANT_ACCOUNT, DATABASE_URL: inject('postgresUrl') })).toMatchObject({
    code: 78,
    err: expect.stringContaining('a database without tables'),
  })
  const DATABASE_URL = 'postgresql://tael:secret-word@localhost:1/tael'
  const unreachable = await compare({ ADYEN_MERCHANT_ACCOUNT, DATABASE_URL })
  expect(unreachable).toMatchObject({ code: 69, err: expect.stringContaining('ECONNREFUSED') })
  expect(unreachable.err).not.toContain('secret-word')
})

test('a command creates no database', async () => {
  const cwd = await folder()
  const environment = { ADYEN_MERCHANT_ACCOUNT, DATA_DIR: cwd }
  expect(await startCommand(['settlement', 'report.csv'], environment, cwd)).toMatchObject({
    code: 78,
    err: expect.stringContaining('has no embedded database'),
  })
  expect(await readdir(cwd)).toEqual(['report.csv'])
})

test('a command uses the embedded database, whether the server runs or not', async () => {
  const cwd = await folder()
  const environment = { ADYEN_MERCHANT_ACCOUNT, DATA_DIR: cwd, PATH: process.env['PATH'] ?? '' }
  const compare = () => startCommand(['settlement', 'report.csv'], environment, cwd)
  const compared = { code: 1, err: '', out: expect.stringContaining('but we have no such payment: 1') }
  const server = await startServer('http://127.0.0.1:1', { DATA_DIR: cwd })
  expect(await compare()).toMatchObject(compared)
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200)
  await server.stop()
  expect(await compare()).toMatchObject(compared)
})
