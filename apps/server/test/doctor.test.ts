import { execFile } from 'node:child_process'
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { constants } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { goods } from '@tael/miniprogram/goods'
import * as merchantsProgram from '@tael/miniprogram/merchant'
import { credentials, type Environment, serverEnvironment } from '@tael/stack'
import { describe, expect } from 'vitest'
import { inspectConfig } from '../src/config.ts'
import { examinedHere } from '../src/doctor-command.ts'
import { type CheckId, checks } from '../src/doctor/checks.ts'
import type { Finding } from '../src/doctor/finding.ts'
import { type Examined, runChecks } from '../src/doctor/run.ts'
import { clockAhead, openShop, type Shop } from './actors/index.ts'
import { createDatabase } from './actors/database.ts'
import type { Fault } from './actors/simulator.ts'
import { Simulator } from './actors/simulator.ts'
import { type Authority, createAuthority } from './certificates.ts'
import { startCluster } from './cluster.ts'
import { test as base } from './fixtures.ts'
import { missingPgBouncer, startPgBouncer } from './pgbouncer.ts'
import { runCommand, startCommand } from './run-command.ts'
import { type ProxyFaults, startTlsProxy } from './tls-proxy.ts'

const OLD_KEY = '0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF'
const OTHER_KEY = 'FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210'
const UNREACHABLE = 'http://127.0.0.1:1'

/** What the server of the well set-up shop is started with. */
const wellSet = {
  ADYEN_HMAC_KEYS: `${credentials.ADYEN_HMAC_KEYS},${OLD_KEY}`,
  PUBLIC_URL: 'https://shop.example',
  TRUSTED_PROXIES: '1',
  SHOP_DELIVERS: 'true',
  PAID_MESSAGE_TEMPLATE_ID: 'template-1',
  PAID_MESSAGE_FIELDS: 'amount2=amount,thing4=goods',
}

/** The Mini Program that agrees with it. */
const miniProgram = {
  ...merchantsProgram,
  appId: credentials.WECHAT_APP_ID,
  apiBaseUrl: { ...merchantsProgram.apiBaseUrl, trial: 'https://shop.example' },
  delivery: true,
  paymentMessageTemplates: ['template-1'],
}

interface WellSetUp {
  readonly shop: Shop
  readonly simulator: Simulator
  readonly authority: Authority
  readonly environment: Environment
  readonly webhookUrl: string
  readonly folder: string
  /** Examines the shop, but for what is given. */
  examine(changed?: Changed): Promise<readonly Finding[]>
}

/** What differs from the well set-up shop. */
interface Changed extends Partial<Omit<Examined, 'inspected' | 'webhook'>> {
  readonly webhookUrl?: string
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** The server is in live mode, with the addresses of the test. */
  readonly live?: boolean
}

const test = base
  .extend('settings', { scope: 'file' }, (): Environment => wellSet)
  .extend('well', { scope: 'file' }, async ({ settings }, { onCleanup }): Promise<WellSetUp> => {
    const cluster = await startCluster()
    const shop = await openShop({
      postgresUrl: cluster.url,
      server: settings,
      simulator: { SIMULATOR_TEMPLATE_ID: 'template-1' },
    })
    const authority = await createAuthority()
    const trusted = getCACertificates('default')
    setDefaultCACertificates([...trusted, authority.root])
    const proxy = await startTlsProxy(shop.server.url, await authority.issue('localhost', 90))
    const folder = await mkdtemp(path.join(tmpdir(), 'tael-doctor-'))
    onCleanup(async () => {
      setDefaultCACertificates(trusted)
      await proxy.stop()
      await authority.close()
      await shop.close()
      await cluster.stop()
      await rm(folder, { recursive: true })
    })
    const environment = serverEnvironment(shop.simulator.url, {
      ...settings,
      DATABASE_URL: shop.database.url,
    })
    const webhookUrl = `${proxy.url}/webhooks/adyen`
    return {
      shop,
      simulator: new Simulator(shop.simulator.url),
      authority,
      environment,
      webhookUrl,
      folder,
      examine({ environment: changed = {}, live = false, webhookUrl: url = webhookUrl, ...rest } = {}) {
        const inspected = inspectConfig({ ...environment, ...changed })
        const { config } = inspected
        const examined = {
          ...examinedHere(
            { ...inspected, config: live ? { ...config, adyen: { ...config.adyen, live } } : config },
            { url },
          ),
          miniProgram,
          ...rest,
        }
        return runChecks(examined, new AbortController().signal)
      },
    }
  })

const idsOf = (findings: readonly Finding[], state: Finding['state']): CheckId[] => [
  ...new Set(findings.filter((one) => one.state === state).map(({ check }) => check)),
]

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

/** A fault: what it changes, the check that fails, and words of the remedy. */
type Planted = readonly [
  name: string,
  plant: (well: WellSetUp) => Promise<readonly Finding[]>,
  CheckId,
  RegExp,
]

const environment =
  (changed: Readonly<Record<string, string | undefined>>) =>
  (well: WellSetUp): Promise<readonly Finding[]> =>
    well.examine({ environment: changed })

const changed =
  (change: Changed) =>
  (well: WellSetUp): Promise<readonly Finding[]> =>
    well.examine(change)

const fault =
  (one: Fault) =>
  (well: WellSetUp): Promise<readonly Finding[]> =>
    well.simulator.withFault(one, () => well.examine())

/** The public address leads through this proxy. */
const through =
  (
    faults: (well: WellSetUp) => ProxyFaults | Promise<ProxyFaults>,
    tls?: (well: WellSetUp) => Promise<object>,
  ) =>
  async (well: WellSetUp): Promise<readonly Finding[]> => {
    const certificate = await (tls ?? (({ authority }) => authority.issue('localhost', 90)))(well)
    const proxy = await startTlsProxy(well.shop.server.url, certificate, await faults(well))
    const findings = await well.examine({ webhookUrl: `${proxy.url}/webhooks/adyen` })
    await proxy.stop()
    return findings
  }

const presenting = (tls: (well: WellSetUp) => Promise<object>) => through(() => ({}), tls)

/** The URL of the shop's database with something else in it. */
const databaseWith =
  (change: (url: URL) => void) =>
  (well: WellSetUp): Promise<readonly Finding[]> => {
    const url = new URL(well.environment['DATABASE_URL'] ?? '')
    change(url)
    return well.examine({ environment: { DATABASE_URL: url.href } })
  }

/** A role that may do what this SQL lets it. */
const role =
  (name: string, ...statements: readonly string[]) =>
  async (well: WellSetUp): Promise<readonly Finding[]> => {
    await well.shop.database.rows(`create role ${name} login password 'of a test' ${statements[0] ?? ''}`)
    for (const statement of statements.slice(1)) await well.shop.database.rows(statement)
    return databaseWith((url) => {
      url.username = name
      url.password = 'of a test'
    })(well)
  }

const setting =
  (name: string, value: string) =>
  async (well: WellSetUp): Promise<readonly Finding[]> => {
    const { database } = well.shop
    await database.rows(`alter system set ${name} = ${value}`)
    await database.rows('select pg_reload_conf()')
    await expect.poll(() => database.rows(`show ${name}`)).toEqual([{ [name]: value }])
    const findings = await well.examine()
    await database.rows(`alter system reset ${name}`)
    await database.rows('select pg_reload_conf()')
    await expect.poll(() => database.rows(`show ${name}`)).toEqual([{ [name]: 'on' }])
    return findings
  }

/** A file with the API key that this mode lets some read. */
const secretFile =
  (mode: number, content: string) =>
  async (well: WellSetUp): Promise<readonly Finding[]> => {
    const file = path.join(well.folder, 'api-key')
    await writeFile(file, content)
    await chmod(file, mode)
    return well.examine({ environment: { ADYEN_API_KEY: undefined, ADYEN_API_KEY_FILE: file } })
  }

const [firstGoods] = goods
if (firstGoods === undefined) throw new Error('There are no goods.')

const planted: readonly Planted[] = [
  ['a missing variable', environment({ ADYEN_API_KEY: '' }), 'configuration.variables', /\.env\.example/],
  [
    'a value of the wrong form',
    environment({ SHOP_COUNTRY: 'china' }),
    'configuration.variables',
    /Correct the/,
  ],
  [
    'a secret that is given twice',
    environment({ ADYEN_API_KEY_FILE: '/dev/null' }),
    'configuration.variables',
    /Correct/,
  ],
  ['a secret file that is empty', secretFile(0o600, '\n'), 'configuration.variables', /Correct the variable/],
  [
    'a secret file that is missing',
    environment({ WECHAT_APP_SECRET: '', WECHAT_APP_SECRET_FILE: '/nowhere' }),
    'configuration.variables',
    /Correct/,
  ],
  [
    'a secret file that everybody reads',
    secretFile(0o644, `${credentials.ADYEN_API_KEY}\n`),
    'configuration.secret_files',
    /chmod o-r/,
  ],
  [
    'a live server that logs statements',
    changed({ live: true, environment: { LOG_LEVEL: 'trace' } }),
    'configuration.log',
    /LOG_LEVEL=info/,
  ],
  [
    'a live server that stores openids in clear',
    changed({
      live: true,
      environment: { PERSONAL_DATA_KEYS: `clear,${Buffer.alloc(32, 7).toString('base64')}` },
    }),
    'configuration.openids',
    /PERSONAL_DATA_KEYS/,
  ],
  [
    'a wrong password of the database',
    databaseWith((url) => {
      url.password = 'wrong'
    }),
    'database.reached',
    /the password/,
  ],
  [
    'a database that does not exist',
    databaseWith((url) => {
      url.pathname = '/nowhere'
    }),
    'database.reached',
    /DATABASE_URL/,
  ],
  [
    'a PostgreSQL that is not there',
    databaseWith((url) => {
      url.port = '1'
    }),
    'database.reached',
    /start PostgreSQL/,
  ],
  [
    'a database that can only be read',
    databaseWith((url) => {
      url.searchParams.set('options', '-c default_transaction_read_only=on')
    }),
    'database.writable',
    /the primary/,
  ],
  ['fsync that is off', setting('fsync', 'off'), 'database.durable', /power cut/],
  [
    'full_page_writes that are off',
    setting('full_page_writes', 'off'),
    'database.durable',
    /full_page_writes to on/,
  ],
  [
    'a role with too few connections',
    role('few', 'superuser connection limit 5'),
    'database.connections',
    /max_connections/,
  ],
  ['a role without rights', role('poor'), 'database.role', /runtime-role\.sql/],
  [
    'a database without tables',
    async (well) =>
      well.examine({ environment: { DATABASE_URL: await createDatabase(well.shop.database.url) } }),
    'database.migrations',
    /command migrate/,
  ],
  [
    'a migration that has not run',
    async (well) => well.examine({ migrations: await withNewMigration(well.folder) }),
    'database.migrations',
    /command migrate/,
  ],
  [
    'a database in another encoding',
    async (well) => well.examine({ environment: { DATABASE_URL: await inLatin1(well) } }),
    'database.encoding',
    /UTF8/,
  ],
  [
    'nobody who tells the time',
    environment({ ADYEN_CHECKOUT_URL: `${UNREACHABLE}/v72`, WECHAT_API_URL: UNREACHABLE }),
    'clock.sources',
    /Adyen and WeChat/,
  ],
  [
    'an Adyen that is not reached',
    environment({ ADYEN_CHECKOUT_URL: `${UNREACHABLE}/v72` }),
    'adyen.reached',
    /ADYEN_LIVE_URL_PREFIX/,
  ],
  [
    'a page of a proxy in place of Adyen',
    fault({ name: 'html_page', call: 'paymentMethods' }),
    'adyen.reached',
    /over https/,
  ],
  [
    'an API version that Adyen lacks',
    async (well) => well.examine({ environment: { ADYEN_CHECKOUT_URL: `${well.shop.simulator.url}/v99` } }),
    'adyen.api_version',
    /ADYEN_API_VERSION/,
  ],
  ['a wrong API key', environment({ ADYEN_API_KEY: 'AQE-another-key' }), 'adyen.key', /API credentials/],
  [
    'a merchant account of somebody else',
    environment({ ADYEN_MERCHANT_ACCOUNT: 'OtherECOM' }),
    'adyen.merchant_account',
    /Checkout role/,
  ],
  [
    'WeChat Pay that is not enabled',
    fault({ name: 'no_wechat_pay', call: 'paymentMethods' }),
    'adyen.wechat_pay',
    /Ask Adyen/,
  ],
  [
    'a public address that nobody serves',
    changed({ webhookUrl: 'https://localhost:1/webhooks/adyen' }),
    'webhook.reached',
    /proxy/,
  ],
  ['a proxy that answers by itself', through(() => ({ answers: 404 })), 'webhook.reached', /to PORT/],
  [
    'a certificate that expired',
    presenting(({ authority }) => authority.issue('localhost', -2)),
    'webhook.tls_expiry',
    /Renew/,
  ],
  [
    'a certificate that expires soon',
    presenting(({ authority }) => authority.issue('localhost', 20)),
    'webhook.tls_expiry',
    /Renew/,
  ],
  [
    'a certificate for another host',
    presenting(({ authority }) => authority.issue('other.example', 90)),
    'webhook.tls_host',
    /this host name/,
  ],
  [
    'a chain without its intermediate',
    presenting(async ({ authority }) => (await authority.issue('localhost', 90)).leafOnly),
    'webhook.tls_chain',
    /fullchain/,
  ],
  [
    'a certificate that signed itself',
    presenting(({ authority }) => authority.selfSigned('localhost')),
    'webhook.tls_chain',
    /intermediate/,
  ],
  [
    'a proxy that speaks TLS 1.1 only',
    presenting(async ({ authority }) => ({
      ...(await authority.issue('localhost', 90)),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
      secureOptions: constants.SSL_OP_NO_TLSv1_2,
    })),
    'webhook.tls_version',
    /TLS 1\.2/,
  ],
  [
    'another password of the webhook',
    environment({ ADYEN_WEBHOOK_PASSWORD: 'another-password' }),
    'webhook.credentials',
    /ADYEN_WEBHOOK|Authorization/,
  ],
  [
    'a proxy that drops the credentials',
    through(() => ({ dropsAuthorization: true })),
    'webhook.credentials',
    /Authorization header/,
  ],
  ['another HMAC key', environment({ ADYEN_HMAC_KEYS: OTHER_KEY }), 'webhook.current_key', /Customer Area/],
  [
    'a previous HMAC key that the server lacks',
    environment({ ADYEN_HMAC_KEYS: `${credentials.ADYEN_HMAC_KEYS},${OTHER_KEY}` }),
    'webhook.previous_key',
    /new,old/,
  ],
  ['a server of the other mode', changed({ live: true }), 'webhook.environment', /of this mode/],
  [
    'a proxy that accepts everything',
    through(() => ({ answers: 200 })),
    'webhook.forged',
    /something else accepts/,
  ],
  [
    'a proxy that hides the protocol',
    through(() => ({ hidesProtocol: true })),
    'webhook.forwarded',
    /X-Forwarded-Proto/,
  ],
  [
    "operators' routes at the public address",
    through(({ shop }) => ({ operatorsUrl: shop.server.operatorsUrl })),
    'webhook.operators',
    /PORT only/,
  ],
  [
    'a WeChat that is not reached',
    environment({ WECHAT_API_URL: UNREACHABLE }),
    'wechat.reached',
    /api\.weixin\.qq\.com/,
  ],
  [
    'an AppID that WeChat does not know',
    environment({ WECHAT_APP_ID: 'wxffffffffffffffff' }),
    'wechat.app_id',
    /AppID/,
  ],
  ['a wrong AppSecret', environment({ WECHAT_APP_SECRET: 'f'.repeat(32) }), 'wechat.app_secret', /AppSecret/],
  [
    'a machine that is not on the IP list',
    fault({ name: 'wechat_ip_refused', call: 'token' }),
    'wechat.ip_list',
    /IP list/,
  ],
  [
    'a token that WeChat refuses',
    fault({ name: 'wechat_token_refused', call: 'addresses' }),
    'wechat.token',
    /again in a minute/,
  ],
  [
    'a host that is no server domain',
    environment({ PUBLIC_URL: 'https://other.example' }),
    'wechat.server_domain',
    /request domain/,
  ],
  [
    'an IP address in place of a domain',
    environment({ PUBLIC_URL: 'https://203.0.113.7' }),
    'wechat.server_domain',
    /no IP address/,
  ],
  [
    'a template that the app lacks',
    environment({ PAID_MESSAGE_TEMPLATE_ID: 'template-2' }),
    'wechat.template',
    /Subscribe messages/,
  ],
  [
    'other fields than the template has',
    environment({ PAID_MESSAGE_FIELDS: 'amount2=amount' }),
    'wechat.template_fields',
    /each field/,
  ],
  ['a product without a price', environment({ SHOP_CURRENCY: 'AUD' }), 'goods.file', /goods\.ts/],
  ['nothing on sale', environment({ SHOP_CURRENCY: 'AUD' }), 'goods.on_sale', /put-goods/],
  [
    'a product that is not on sale',
    changed({ goods: [...goods, { ...firstGoods, id: 'tea-new' }] }),
    'goods.complete',
    /put-goods/,
  ],
  [
    'a Mini Program with another AppID',
    changed({ miniProgram: { ...miniProgram, appId: 'touristappid' } }),
    'mini_program.app_id',
    /WECHAT_APP_ID/,
  ],
  [
    'a Mini Program that calls another server',
    changed({ miniProgram: merchantsProgram }),
    'mini_program.api_address',
    /apiBaseUrl/,
  ],
  [
    'a Mini Program that pays at the simulator',
    changed({ live: true, miniProgram: { ...miniProgram, simulatesWeChat: true } }),
    'mini_program.simulation',
    /false/,
  ],
  [
    'a Mini Program that asks for no address',
    changed({ miniProgram: { ...miniProgram, delivery: false } }),
    'mini_program.delivery',
    /SHOP_DELIVERS/,
  ],
  [
    'a Mini Program without the template',
    changed({ miniProgram: { ...miniProgram, paymentMessageTemplates: [] } }),
    'mini_program.template',
    /paymentMessageTemplates/,
  ],
  ['a disk without space', changed({ folders: ['/proc'] }), 'disk.machine', /Free space/],
]

/** The migrations of the release with one more. */
async function withNewMigration(folder: string): Promise<URL> {
  const copy = path.join(folder, 'migrations')
  await cp(fileURLToPath(new URL('../migrations/', import.meta.url)), copy, { recursive: true })
  await writeFile(path.join(copy, '9999_new.sql'), 'select 1;\n')
  return new URL(`file://${copy}/`)
}

async function inLatin1({ shop }: WellSetUp): Promise<string> {
  const url = new URL(shop.database.url)
  await shop.database.rows(`create database latin template template0 encoding 'LATIN1' locale 'C'`)
  url.pathname = '/latin'
  return url.href
}

test.for(planted)('%s fails its check, whose remedy helps', async ([, plant, check, remedy], { well }) => {
  const findings = await plant(well)
  expect(idsOf(findings, 'fail')).toContain(check)
  expect(checks[check].remedy).toMatch(remedy)
})

test('every check can fail, but for those that nobody can know', () => {
  const found = new Set<string>(planted.map(([, , check]) => check))
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

const old = await new Promise<string>((resolve) => {
  execFile('/usr/bin/node', ['--version'], (error, out) => resolve(error === null ? out.trim() : ''))
})
const isOld = old !== '' && Number(old.slice(1).split('.')[0]) < 24
if (!isOld)
  process.stderr.write(`/usr/bin/node is not older than 24 (${old || 'none'}): its refusal is not tried\n`)

describe.skipIf(!isOld)('an old Node', () => {
  test.for(['main.js', 'command.js'])('says at %s which one it needs', async (name) => {
    const file = fileURLToPath(new URL(`../dist/${name}`, import.meta.url))
    const ended = await new Promise<unknown>((resolve) => {
      execFile('/usr/bin/node', [file, 'doctor'], (error, out, err) =>
        resolve({ code: error?.code, out, err }),
      )
    })
    expect(ended).toEqual({ code: 78, out: '', err: `Tael needs Node 24; this is ${old.slice(1)}.\n` })
  })
})
