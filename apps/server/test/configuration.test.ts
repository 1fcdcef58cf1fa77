import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { credentials, startServer } from '@tael/stack'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigError, inspectConfig, readConfig } from '../src/config.ts'
import { liveSecrets } from './live-secrets.ts'

const live = {
  ...liveSecrets,
  ADYEN_ENVIRONMENT: 'live',
  ADYEN_LIVE_URL_PREFIX: '1797a841fbb37ca7-AdyenDemo',
  RETURN_URL: 'https://shop.example/return',
  PUBLIC_URL: 'https://shop.example',
  TRUSTED_PROXIES: '1',
  DATABASE_URL: 'postgresql://tael:secret@db.internal/tael',
}

const problemsOf = (environment: Record<string, string | undefined>): readonly string[] => {
  try {
    readConfig(environment)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

test('credentials are all that test mode needs', () => {
  const config = readConfig(credentials)
  expect(config).toMatchObject({
    port: 8600,
    operators: { host: '127.0.0.1', port: 8601 },
    database: { kind: 'embedded' },
    adyen: { live: false, checkoutUrl: 'https://checkout-test.adyen.com/v72' },
    shop: { currency: 'CNY', orderLifetimeMs: 1_800_000 },
  })
  expect([config.paidMessage, config.shippingUpload, config.adyen.transactionIdField]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test("live mode uses the merchant's live URL", () => {
  expect(problemsOf(live)).toEqual([])
  expect(readConfig(live).adyen).toMatchObject({
    live: true,
    checkoutUrl: 'https://1797a841fbb37ca7-AdyenDemo-checkout-live.adyenpayments.com/checkout/v72',
  })
})

test('an empty environment lists everything that is missing', () => {
  const named = problemsOf({}).map((problem) => problem.split(' ')[0] ?? '')
  // Without the key of a report user an operator downloads the reports.
  const { ADYEN_REPORT_API_KEY: _, ...required } = credentials
  expect(named.toSorted()).toEqual(Object.keys(required).toSorted())
})

test.each([
  ['ADYEN_LIVE_URL_PREFIX', undefined],
  ['RETURN_URL', undefined],
  ['RETURN_URL', 'http://shop.example/return'],
  ['PUBLIC_URL', undefined],
  ['PUBLIC_URL', 'http://shop.example'],
  ['TRUSTED_PROXIES', undefined],
  ['DATABASE_URL', undefined],
  ['ADYEN_HMAC_KEYS', undefined],
  ['ADYEN_CHECKOUT_URL', 'http://127.0.0.1:8800/v72'],
  ['WECHAT_API_URL', 'http://127.0.0.1:8800'],
  ['PERSONAL_DATA_KEYS', undefined],
  ['PERSONAL_DATA_KEYS', 'clear'],
  ['PERSONAL_DATA_KEYS', 'c2hvcnQ='],
  ['PERSONAL_DATA_KEYS', `${liveSecrets.PERSONAL_DATA_KEYS},${liveSecrets.PERSONAL_DATA_KEYS}`],
  ['RETENTION_DAYS', 'audit=30'],
  ['RETENTION_DAYS', 'addresses=29'],
  ['RETENTION_DAYS', 'orders=90'],
  ['RETENTION_DAYS', 'audit=400,audit=500'],
])('live mode refuses %s = %s', (name, value) => {
  const problems = problemsOf({ ...live, [name]: value })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(name)
})

test.each([
  ...Object.entries(credentials).filter(([name]) => name !== 'ADYEN_WEBHOOK_USERNAME'),
  ['ADYEN_HMAC_KEYS', `${live.ADYEN_HMAC_KEYS},${credentials.ADYEN_HMAC_KEYS.toLowerCase()}`],
  ['ADYEN_HMAC_KEYS', '0'.repeat(64)],
  ['ADYEN_HMAC_KEYS', `${live.ADYEN_HMAC_KEYS},${'ab'.repeat(32)}`],
  ['ADYEN_WEBHOOK_PASSWORD', 'twelve-chars'],
  ['ADYEN_WEBHOOK_PASSWORD', 'aaaaaaaaaaaaaaaaaaaa'],
  ['ADYEN_WEBHOOK_PASSWORD', `${credentials.ADYEN_WEBHOOK_USERNAME}-2026`],
  ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
  ['DATABASE_URL', 'postgresql://tael:secret@db.internal/tael?sslmode=no-verify'],
])('live mode refuses a secret that a stranger knows or guesses: %s = %s', (name, value) => {
  expect(problemsOf({ ...credentials, [name]: value })).toEqual([])
  const problems = problemsOf({ ...live, [name]: value })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(name)
  expect(problems[0]).not.toContain(value)
})

test.each([
  ['PORT', '65536'],
  ['PORT', 'http'],
  ['OPERATOR_PORT', '8600'],
  ['LOG_LEVEL', 'loud'],
  ['ADYEN_ENVIRONMENT', 'prod'],
  ['ADYEN_API_VERSION', 'v40'],
  ['ADYEN_HMAC_KEYS', 'not hex'],
  ['ADYEN_WEBHOOK_USERNAME', 'with:colon'],
  ['ADYEN_WEBHOOK_PASSWORD', 'short'],
  ['WECHAT_APP_ID', 'touristappid'],
  ['SHOP_CURRENCY', 'CHF'],
  ['DATABASE_URL', 'mysql://localhost/tael'],
  ['SHOP_DELIVERS', 'yes'],
  ['ORDER_LIFETIME_SECONDS', '7201'],
  ['WECHAT_TRANSACTION_ID_FIELD', 'two words'],
  ['SHIPPING_UPLOAD', 'always'],
])('%s = %s is refused, and the problem does not contain the value', (name, value) => {
  const problems = problemsOf({ ...credentials, [name]: value })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(name)
  expect(problems[0]).not.toContain(value)
})

test.each([
  'amount1=goods',
  'character_string1=amount',
  'time1=text:now',
  'thing1=orderNumber',
  'thing1=text:a text of more than twenty characters',
  'phrase1=text:paid',
  'number1=amount',
  'amount=amount',
  'amount1',
])('a message field with invalid content is refused: %s', (field) => {
  const fields = `time9=paidAt,${field}`
  const problems = problemsOf({
    ...credentials,
    PAID_MESSAGE_TEMPLATE_ID: 'tmpl',
    PAID_MESSAGE_FIELDS: fields,
  })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(/^PAID_MESSAGE_FIELDS is invalid: /)
})

test.each([
  [{ PAID_MESSAGE_TEMPLATE_ID: 'tmpl' }, 'PAID_MESSAGE_FIELDS'],
  [{ PAID_MESSAGE_FIELDS: 'amount1=amount' }, 'PAID_MESSAGE_TEMPLATE_ID'],
  [{ SHIPPING_UPLOAD: 'transaction_id' }, 'WECHAT_TRANSACTION_ID_FIELD'],
  [{ SHIPPING_UPLOAD: 'psp_reference' }, 'WECHAT_MERCHANT_ID'],
  [{ SHIPPING_UPLOAD: 'merchant_reference', WECHAT_MERCHANT_ID: 'mch' }, 'WECHAT_MERCHANT_ID'],
])('%j requires %s', (settings, name) => {
  const problems = problemsOf({ ...credentials, ...settings })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(name)
})

test('a message opens the released Mini Program in live mode, the development version in test mode', () => {
  const message = { PAID_MESSAGE_TEMPLATE_ID: 'tmpl', PAID_MESSAGE_FIELDS: 'phrase1=text:支付成功' }
  expect(readConfig({ ...live, ...message }).paidMessage).toMatchObject({ programState: 'formal' })
  expect(readConfig({ ...credentials, ...message }).paidMessage).toMatchObject({ programState: 'developer' })
})

test('a server with an invalid configuration lists the problems and exits', async () => {
  const started = startServer('http://127.0.0.1:1', { ADYEN_API_KEY: '', WECHAT_APP_SECRET: 'x' })
  await expect(started).rejects.toThrow(
    /ADYEN_API_KEY is missing[^]*WECHAT_APP_SECRET is invalid[^]*\.env\.example/,
  )
})

test('.env.example explains exactly the variables that the server reads', async () => {
  const sources: string[] = []
  for await (const file of glob(fileURLToPath(new URL('../src/{config.ts,config/*.ts}', import.meta.url))))
    sources.push(await readFile(file, 'utf8'))
  const example = await readFile(new URL('../../../.env.example', import.meta.url), 'utf8')
  const reads =
    /(?:has|text|optionalText|integer|oneOf|url|secret|optionalSecret|hasSecret|secretUrl)\(\s*'([A-Z_]+)'/g
  const read = new Set([...sources.join('').matchAll(reads)].map(([, name = '']) => name))
  const explained = [...example.matchAll(/^#? ?([A-Z_]+)=/gm)].map(([, name = '']) => name)
  expect(explained.toSorted()).toEqual([...read].toSorted())
})

test('what RETENTION_DAYS does not name keeps its default', () => {
  const { retention } = readConfig({ ...credentials, RETENTION_DAYS: 'addresses=90,audit=1825' })
  expect(retention).toMatchObject({ addresses: 90, audit: 1825, webhook_details: 400, notes: 1095 })
})

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

test("a merchant's backend has an address and secrets, several during a rotation", () => {
  const settings = { MERCHANT_WEBHOOK_URL: 'http://127.0.0.1:3000/tael', MERCHANT_WEBHOOK_SECRETS: secret }
  expect(readConfig({ ...credentials, ...settings }).merchant).toEqual({
    lateMoney: 'refund',
    webhook: { url: 'http://127.0.0.1:3000/tael', secrets: [secret] },
  })
  const rotating = { ...live, ...settings, MERCHANT_WEBHOOK_URL: 'https://shop.example/tael' }
  expect(problemsOf({ ...rotating, MERCHANT_WEBHOOK_SECRETS: `${secret},${secret}` })).toEqual([])
})

test.each([
  ['MERCHANT_WEBHOOK_URL', 'http://shop.example/tael'],
  ['MERCHANT_WEBHOOK_URL', 'https://user:password@shop.example/tael'],
  ['MERCHANT_WEBHOOK_URL', 'shop.example'],
  ['MERCHANT_WEBHOOK_URL', undefined],
  ['MERCHANT_WEBHOOK_SECRETS', undefined],
  ['MERCHANT_WEBHOOK_SECRETS', 'whsec_c2hvcnQ='],
  ['MERCHANT_WEBHOOK_SECRETS', 'not-a-secret'],
  ['MERCHANT_WEBHOOK_SECRETS', `${secret},`],
])("live mode refuses a merchant's backend with %s = %s", (name, value) => {
  const settings = {
    MERCHANT_WEBHOOK_URL: 'https://shop.example/tael',
    MERCHANT_WEBHOOK_SECRETS: secret,
    [name]: value,
  }
  const problems = problemsOf({ ...live, ...settings })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(name)
})

const notifications = {
  NOTIFICATIONS_SLACK_URL: 'https://hooks.slack.com/services/secret',
  NOTIFICATIONS_WECOM_URL: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret',
  NOTIFICATIONS_WEBHOOK_URL: 'https://ops.shop.example/tael',
  NOTIFICATIONS_WEBHOOK_SECRETS: secret,
  NOTIFICATIONS_SMTP_URL: 'smtps://user:pass%40word@smtp.shop.example',
  NOTIFICATIONS_EMAIL_FROM: 'Tael <tael@shop.example>',
  NOTIFICATIONS_EMAIL_TO: 'ops@shop.example, duty@shop.example',
}

test('operators are notified by every channel that is configured, of everything', () => {
  expect(problemsOf({ ...live, ...notifications })).toEqual([])
  const { channels, rules, quietMs } = readConfig({ ...live, ...notifications }).notifications
  expect(channels.map(({ name }) => name)).toEqual(['slack', 'wecom', 'webhook', 'email'])
  expect(channels[3]).toMatchObject({ to: ['ops@shop.example', 'duty@shop.example'] })
  expect(rules).toEqual([{ severity: 'info', channels: ['slack', 'wecom', 'webhook', 'email'] }])
  expect(quietMs).toBe(3_600_000)
  expect(readConfig(credentials).notifications).toMatchObject({ channels: [], rules: [] })
})

test.each([
  ['NOTIFICATIONS_SLACK_URL', 'http://hooks.slack.com/services/secret', 'slack must be https'],
  ['NOTIFICATIONS_WEBHOOK_URL', 'http://ops.shop.example/tael', 'NOTIFICATIONS_WEBHOOK_URL must be https'],
  ['NOTIFICATIONS_WEBHOOK_SECRETS', 'whsec_c2hvcnQ=', 'NOTIFICATIONS_WEBHOOK_SECRETS'],
  ['NOTIFICATIONS_SMTP_URL', 'smtp.shop.example', 'NOTIFICATIONS_SMTP_URL'],
  ['NOTIFICATIONS_EMAIL_TO', 'ops@shop.example,nobody', 'NOTIFICATIONS_EMAIL_TO'],
  ['NOTIFICATIONS_EMAIL_FROM', undefined, 'NOTIFICATIONS_EMAIL_FROM is missing'],
  ['NOTIFICATIONS_DIGEST', 'weekly', 'NOTIFICATIONS_DIGEST'],
])('live mode refuses notifications with %s = %s, without repeating it', (name, value, problem) => {
  const problems = problemsOf({ ...live, ...notifications, [name]: value })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(problem)
  expect(problems[0]).not.toContain('services/secret')
})

const file = {
  channels: [
    { name: 'chat', type: 'slack', url: 'https://hooks.slack.com/services/secret' },
    { name: 'duty', type: 'webhook', url: 'https://ops.shop.example/tael', secrets: [secret] },
  ],
  rules: [
    { severity: 'critical', channels: ['chat', 'duty'] },
    { kinds: ['refund_requested'], channels: ['chat'] },
  ],
  quietMinutes: 30,
  digest: { every: 'day', hour: 1, channels: ['chat'] },
}

async function problemsOfFile(content: unknown): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-'))
  const name = path.join(folder, 'notifications.json')
  try {
    await writeFile(name, typeof content === 'string' ? content : JSON.stringify(content))
    return problemsOf({ ...live, NOTIFICATIONS_FILE: name })
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a file has channels and rules, and its problems name the place', async () => {
  expect(await problemsOfFile(file)).toEqual([])
  const [first, ...others] = file.channels
  for (const [content, problem] of [
    ['not JSON', 'no JSON file'],
    [{ ...file, channel: [] }, 'invalid at /channel'],
    [{ ...file, channels: [{ ...first, type: 'pager' }, ...others] }, 'invalid at /channels/0'],
    [{ ...file, digest: { every: 'day', channels: ['nobody'] } }, 'no channel nobody'],
    [{ ...file, channels: [...file.channels, first] }, 'two channels have the same name'],
    [{ ...file, channels: [{ ...first, url: 'http://chat.example/secret' }, ...others] }, 'must be https'],
  ] as const) {
    const problems = await problemsOfFile(content)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(problem)
    expect(problems[0]).not.toContain('services/secret')
  }
  expect(problemsOf({ ...live, NOTIFICATIONS_FILE: '/nowhere', ...notifications })).toContain(
    'NOTIFICATIONS_SLACK_URL must not be set beside NOTIFICATIONS_FILE',
  )
})

/** A file with this content, that ends with the test. */
async function fileWith(content: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-secrets-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = path.join(folder, 'secret')
  await writeFile(file, content)
  return file
}

test('a secret comes from a file, without the newline at its end', async () => {
  const { ADYEN_API_KEY, ...others } = credentials
  const url = 'postgresql://tael:of-a-file@127.0.0.1/tael'
  for (const end of ['', '\n', '\r\n']) {
    const config = readConfig({
      ...others,
      ADYEN_API_KEY_FILE: await fileWith(ADYEN_API_KEY + end),
      DATABASE_URL_FILE: await fileWith(url + end),
    })
    expect(config.adyen.apiKey).toBe(ADYEN_API_KEY)
    expect(config.database).toMatchObject({ kind: 'url', url })
  }
})

test('a published secret is refused in live mode from a file too', async () => {
  const file = await fileWith(credentials.WECHAT_APP_SECRET)
  expect(problemsOf({ ...live, WECHAT_APP_SECRET: '', WECHAT_APP_SECRET_FILE: file })).toEqual([
    expect.stringMatching(/^WECHAT_APP_SECRET is published/),
  ])
})

const given = (WECHAT_APP_SECRET_FILE: string, WECHAT_APP_SECRET = ''): readonly string[] =>
  problemsOf({ ...credentials, WECHAT_APP_SECRET, WECHAT_APP_SECRET_FILE })

test('a secret file that is no use is a problem that names it, and never its content', async () => {
  const wrong = await fileWith('of the wrong form')
  expect(given('/nowhere/secret')).toEqual([
    'WECHAT_APP_SECRET_FILE is invalid: the file /nowhere/secret cannot be read (ENOENT)',
  ])
  const empty = await fileWith('\n')
  expect(given(empty)).toEqual([`WECHAT_APP_SECRET_FILE is invalid: the file ${empty} is empty`])
  expect(given(wrong)).toEqual([
    `WECHAT_APP_SECRET, in the file ${wrong} of WECHAT_APP_SECRET_FILE, is invalid: the AppSecret of the Mini Program: 32 hex digits`,
  ])
  expect(given(wrong, credentials.WECHAT_APP_SECRET)).toEqual([
    'WECHAT_APP_SECRET and WECHAT_APP_SECRET_FILE are both set: keep one of them',
  ])
})

test('.env.example lists the secrets that a file may hold', async () => {
  const example = await readFile(new URL('../../../.env.example', import.meta.url), 'utf8')
  const [, list = ''] = /may come from a file:\n((?:#   [A-Z_, ]+\n)+)/.exec(example) ?? []
  const { secretNames } = inspectConfig({ MERCHANT_WEBHOOK_URL: 'x', OIDC_ISSUER: 'x' })
  expect(list.match(/[A-Z_]+/g)?.toSorted()).toEqual([...secretNames].toSorted())
})
