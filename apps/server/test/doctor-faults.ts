import { constants } from 'node:crypto'
import { chmod, cp, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { goods } from '@tael/miniprogram/goods'
import * as merchantsProgram from '@tael/miniprogram/merchant'
import { credentials } from '@tael/stack'
import { expect } from 'vitest'
import type { CheckId } from '../src/doctor/checks.ts'
import type { Finding } from '../src/doctor/finding.ts'
import { createDatabase } from './actors/database.ts'
import type { Fault } from './actors/simulator.ts'
import { type ProxyFaults, startTlsProxy } from './tls-proxy.ts'
import { type Changed, miniProgram, type WellSetUp } from './well-set-up.ts'

const OTHER_KEY = 'FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210'
const UNREACHABLE = 'http://127.0.0.1:1'

/** A fault: what it changes, the check that fails, and words of the remedy. */
export type PlantedFault = readonly [
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

/** Everything that can be wrong in a shop, but for what only a machine of its own shows. */
export const plantedFaults: readonly PlantedFault[] = [
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
    'no answer to read the time from',
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
    'a public host that is not among the server domains',
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
