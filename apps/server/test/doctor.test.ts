import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { credentials, type Environment } from '@tael/stack'
import { describe, expect } from 'vitest'
import { checks } from '../src/doctor/checks.ts'
import type { Finding } from '../src/doctor/finding.ts'
import { clockAhead } from './actors/index.ts'
import { plantedFaults } from './doctor-faults.ts'
import { missingPgBouncer, startPgBouncer } from './pgbouncer.ts'
import { runCommand, startCommand } from './run-command.ts'
import { idsOf, OLD_KEY, test } from './well-set-up.ts'

test('a well set-up shop passes every check but those that nobody can know from here', async ({ well }) => {
  const findings = await well.examine()
  expect(findings.filter(({ state }) => state === 'fail')).toEqual([])
  expect(idsOf(findings, 'unknown')).toEqual(['adyen.report_key', 'webhook.proxies'])
  expect([...new Set(findings.map(({ check }) => check))]).toEqual(Object.keys(checks))
})

test('the test webhook is stored once, as foreign, however often doctor runs', async ({ well }) => {
  await well.examine()
  await well.examine()
  const items = await well.shop.database.rows(
    `select state, merchant_account, deliveries > 1 as counted from webhook_items where event_code = 'TAEL_DOCTOR'`,
  )
  expect(items).toEqual([{ state: 'foreign', merchant_account: 'TaelDoctor', counted: true }])
})

test('it changes nothing else in the database, and calls nothing that moves money', async ({ well }) => {
  const tables = [
    'orders',
    'payments',
    'payment_events',
    'adyen_calls',
    'refunds',
    'products',
    'wechat_tokens',
  ]
  const counts = () =>
    Promise.all(
      [...tables, 'operator_actions', 'pgboss.job'].map((table) => well.shop.database.count(table, 'true')),
    )
  const before = await counts()
  const since = await well.simulator.messages()
  await well.examine()
  expect(await counts()).toEqual(before)
  const calls = (await well.simulator.messages()).slice(since.length).filter(({ kind }) => kind === 'request')
  expect([...new Set(calls.map(({ label }) => label))].toSorted()).toEqual([
    'GET /cgi-bin/get_api_domain_ip',
    'GET /wxaapi/newtmpl/gettemplate',
    'POST /cgi-bin/stable_token',
    'POST /paymentMethods',
    'POST /wxa/getwxadevinfo',
  ])
})

test('the command prints every line with its remedy, as text and as JSON, and exits with 1', async ({
  well,
}) => {
  const { environment, webhookUrl } = well
  const text = await runCommand(['doctor', '--webhook-url', webhookUrl], environment)
  // The Mini Program of the repository has no AppID of a merchant's.
  expect(text).toMatchObject({ code: 1, err: '' })
  expect(text.out).toMatch(/^FAIL +mini_program\.app_id .*\n +-> Set appId of .*shop\.ts to WECHAT_APP_ID/m)
  expect(text.out).toMatch(/^pass +adyen\.key /m)
  expect(text.out).toMatch(/\n\d+ passed, \d+ failed, 2 cannot be known from here\n$/)
  const json = await runCommand(['doctor', '--json', '--webhook-url', webhookUrl], environment)
  expect(json.code).toBe(1)
  expect(JSON.parse(json.out)).toMatchObject({
    unknown: 2,
    checks: expect.arrayContaining([
      expect.objectContaining({ check: 'webhook.proxies', state: 'unknown', remedy: expect.any(String) }),
    ]),
  })
  for (const secret of [...Object.values(secretsOf(environment)), OLD_KEY])
    expect(text.out + json.out).not.toContain(secret)
  expect(await runCommand(['doctor', '--webhook-url', 'shop'], environment)).toMatchObject({ code: 64 })
})

const secretsOf = ({
  ADYEN_API_KEY = '',
  ADYEN_WEBHOOK_PASSWORD = '',
  WECHAT_APP_SECRET = '',
}: Environment) => ({
  ADYEN_API_KEY,
  ADYEN_WEBHOOK_PASSWORD,
  WECHAT_APP_SECRET,
  ADYEN_HMAC_KEY: credentials.ADYEN_HMAC_KEYS,
})

test('without any configuration it still names each problem, and goes on', async () => {
  const cwd = await mkdtemp(path.join(tmpdir(), 'tael-doctor-'))
  const { code, out } = await startCommand(['doctor', '--json'], {}, cwd)
  expect(code).toBe(1)
  const { checks: lines }: { checks: Finding[] } = JSON.parse(out)
  expect(lines.filter(({ check }) => check === 'configuration.variables')).toHaveLength(7)
  expect(idsOf(lines, 'pass')).toEqual(expect.arrayContaining(['goods.file', 'disk.machine']))
  expect(out).toContain('has no embedded database yet')
  await rm(cwd, { recursive: true })
})

test.for(plantedFaults)(
  '%s fails its check, whose remedy helps',
  async ([, plant, check, remedy], { well }) => {
    const findings = await plant(well)
    expect(idsOf(findings, 'fail')).toContain(check)
    expect(checks[check].remedy).toMatch(remedy)
  },
)

test('every check can fail, but for those that nobody can know', () => {
  const found = new Set<string>(plantedFaults.map(([, , check]) => check))
  const others = Object.keys(checks).filter((check) => !found.has(check))
  expect(others).toEqual([
    // With PgBouncer, below.
    'database.pooler',
    // An older PostgreSQL is not at hand.
    'database.version',
    // With a clock of its own, below.
    'clock.machine',
    // Who could set PostgreSQL's clock sets the machine's.
    'clock.database',
    'adyen.report_key',
    'webhook.proxies',
    'disk.database',
  ])
})

const missing = missingPgBouncer()
describe.skipIf(missing !== undefined)('with PgBouncer', () => {
  test('a pooler in place of PostgreSQL fails its check', async ({ well }) => {
    const pooler = await startPgBouncer(well.shop.database.url)
    const findings = await well.examine({
      environment: { DATABASE_URL: pooler.through(well.shop.database.url) },
    })
    await pooler.stop()
    expect(idsOf(findings, 'fail')).toEqual(['database.pooler'])
  })
})

test('a machine whose clock is wrong fails its check', async ({ well }) => {
  const { out } = await startCommand(['doctor'], { ...well.environment, ...clockAhead(120) }, well.folder)
  expect(out).toMatch(
    /^FAIL +clock\.machine .* 1[12]\d s away .*\n +-> Synchronise the clock of this machine/m,
  )
  expect(out).toMatch(/^pass +clock\.database /m)
})

test('docs/doctor.md lists every check with its remedy', async () => {
  const page = await readFile(new URL('../../../docs/doctor.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([\w.]+)` \| (.+) \| (.+) \|$/gm)].map(([, id, holds, remedy]) => [
    id,
    holds,
    remedy,
  ])
  expect(rows).toEqual(Object.entries(checks).map(([id, { holds, remedy }]) => [id, holds, remedy]))
})
