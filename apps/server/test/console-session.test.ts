import { consoleRoutes, CSRF_HEADER, operatorRoutes, scopesOfRole } from '@tael/contracts'
import { expect } from 'vitest'
import { ConsolePage } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const test = base
  .extend('settings', { scope: 'file' }, { TRUSTED_PROXIES: '1' })
  .extend('page', ({ shop }) => new ConsolePage(shop.server.operatorsUrl))
  /** Signs in with a new key of these scopes, by default a refunder's. */
  .extend('signIn', ({ shop, page }) => async (scopes = scopesOfRole.refunder) => {
    const key = await shop.operator(...scopes).key()
    return { key, ...(await page.signIn(key)) }
  })
  /** The route, with the path of this request. */
  .extend('declineOf', () => (orderId: string) => ({
    ...operatorRoutes.declineRefund,
    path: operatorRoutes.declineRefund.path.replace(':orderId', orderId),
  }))
  .extend('keyIdOf', ({ shop }) => async (key: string) => {
    const row = await shop.database.row('select id from operator_keys where key_hash = sha256($1)', [
      Buffer.from(key),
    ])
    return String(row['id'])
  })

const reason = { reason: 'The tea was opened.' }

test('a key is exchanged for a cookie that scripts and other sites cannot use', async ({ page, shop }) => {
  const key = await shop.operator(...scopesOfRole.viewer).key()
  const overHttp = await page.send(consoleRoutes.signIn, { key })
  expect(overHttp.status).toBe(201)
  expect(overHttp.body).toMatchObject({
    operator: { name: 'Olga' },
    scopes: ['payments:read'],
    environment: 'test',
    currency: 'CNY',
  })
  expect(overHttp.cookies).toEqual([
    expect.stringMatching(/^tael_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
  ])
  expect(JSON.stringify(overHttp.body)).not.toContain(key)
  const https = page.with({
    'x-forwarded-proto': 'https',
    origin: page.headers['origin']?.replace('http', 'https') ?? '',
  })
  expect((await https.send(consoleRoutes.signIn, { key })).cookies).toEqual([
    expect.stringMatching(/^__Host-tael_session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/),
  ])
})

test('the database stores neither the secret of a session nor its token', async ({ shop, signIn }) => {
  const { cookie, session } = await signIn()
  const [, secret = ''] = cookie.split('=')
  const rows = JSON.stringify(await shop.database.rows('select * from console_sessions'))
  expect(rows).not.toContain(secret)
  expect(rows).not.toContain(session.csrfToken)
  expect(await shop.database.count('console_sessions', `token_hash = sha256('${secret}')`)).toBe(1)
})

test('a session opens what its key opens, and names the operator in the audit', async ({
  shop,
  shopper,
  signIn,
  declineOf,
  keyIdOf,
}) => {
  const { page, key } = await signIn()
  const payment = await shopper.buy(6800)
  await shopper.requestRefund(payment.orderId)
  expect(await page.send(operatorRoutes.listOrderRecords)).toMatchObject({ status: 200 })
  expect(await page.send(declineOf(payment.orderId), reason)).toMatchObject({ status: 200 })
  const viewer = await signIn(scopesOfRole.viewer)
  expect(await viewer.page.send(declineOf(payment.orderId), reason)).toMatchObject({
    status: 403,
    body: { code: 'scope_missing' },
  })
  const actions = await shop.database.rows(
    'select action from operator_actions where actor = $1 order by id',
    [await keyIdOf(key)],
  )
  expect(actions).toEqual(['session.begin', 'orders.list', 'refund.decline'].map((action) => ({ action })))
})

test('the audit has a reading once, however often the page refreshes it', async ({
  shop,
  signIn,
  keyIdOf,
}) => {
  const { page, key } = await signIn()
  for (let times = 0; times < 3; times += 1) await page.send(operatorRoutes.listOrderRecords)
  await page.send(operatorRoutes.listAttention)
  const actions = await shop.database.rows(
    'select action from operator_actions where actor = $1 order by id',
    [await keyIdOf(key)],
  )
  expect(actions).toEqual(['session.begin', 'orders.list', 'attention.read'].map((action) => ({ action })))
})

test.for([
  { from: 'a page of another site', headers: { 'sec-fetch-site': 'cross-site' } },
  { from: 'a page of another port of the same host', headers: { 'sec-fetch-site': 'same-site' } },
  { from: 'another origin', headers: { origin: 'https://evil.example' } },
  { from: 'a page without an origin', headers: { origin: 'null' } },
  { from: 'no page', headers: { origin: '' } },
  { from: 'a page that cannot read the token', headers: { [CSRF_HEADER]: '' } },
  { from: 'a page with a made-up token', headers: { [CSRF_HEADER]: 'A'.repeat(43) } },
])(
  'a change with the cookie is refused from $from',
  async ({ headers }, { shop, shopper, signIn, declineOf }) => {
    const { page } = await signIn()
    const payment = await shopper.buy(6800)
    await shopper.requestRefund(payment.orderId)
    expect(await page.with(headers).send(declineOf(payment.orderId), reason)).toMatchObject({
      status: 403,
      body: { code: 'request_forged' },
    })
    expect(await page.with(headers).send(consoleRoutes.signOut)).toMatchObject({ status: 403 })
    expect(
      await shop.database.row('select refund_declined_at from orders where id = $1', [payment.orderId]),
    ).toEqual({
      refund_declined_at: null,
    })
    expect(await page.send(declineOf(payment.orderId), reason)).toMatchObject({ status: 200 })
  },
)

test("another session's token opens nothing", async ({ signIn }) => {
  const [one, other] = [await signIn(), await signIn()]
  const mixed = one.page.with({ [CSRF_HEADER]: other.session.csrfToken })
  expect(await mixed.send(consoleRoutes.extendSession)).toMatchObject({ body: { code: 'request_forged' } })
})

test.for([{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])(
  "another site's page cannot sign a browser in: %o",
  async (headers, { shop, page }) => {
    const key = await shop.operator('payments:read').key()
    const { status, cookies } = await page.with(headers).send(consoleRoutes.signIn, { key })
    expect({ status, cookies }).toEqual({ status: 403, cookies: [] })
  },
)

test('a secret is not sent over a network without https', async ({ shop, page }) => {
  const key = await shop.operator('payments:read').key()
  const origin = 'http://ops.shop.example'
  const elsewhere = page.with({ 'x-forwarded-host': 'ops.shop.example', origin })
  expect(await elsewhere.send(consoleRoutes.signIn, { key })).toMatchObject({
    status: 403,
    body: { code: 'https_required' },
    cookies: [],
  })
})

test('signing out ends the session on the server: its cookie is worth nothing', async ({ signIn }) => {
  const { page } = await signIn()
  const { status, cookies } = await page.send(consoleRoutes.signOut)
  expect(status).toBe(200)
  expect(cookies).toEqual([expect.stringMatching(/^tael_session=; .*Expires=Thu, 01 Jan 1970/)])
  for (const route of [
    consoleRoutes.getSession,
    operatorRoutes.listOrderRecords,
    consoleRoutes.extendSession,
  ])
    expect(await page.send(route)).toMatchObject({ status: 401, body: { code: 'operator_unauthenticated' } })
})

test('who signs in gets a new secret, and the one that the browser had before ends', async ({ signIn }) => {
  const planted = await signIn()
  const victim = await planted.page.signIn(planted.key)
  expect(victim.cookie).not.toBe(planted.cookie)
  expect(await planted.page.send(consoleRoutes.getSession)).toMatchObject({ status: 401 })
  expect(await victim.page.send(consoleRoutes.getSession)).toMatchObject({ status: 200 })
})

test.for(['idle_ends_at', 'ends_at'])('a session ends at its %s', async (column, { shop, signIn }) => {
  const { page, cookie } = await signIn()
  expect(await page.send(operatorRoutes.listOrderRecords)).toMatchObject({ status: 200 })
  await shop.database.rows(`update console_sessions set ${column} = now() where token_hash = sha256($1)`, [
    Buffer.from(cookie.split('=')[1] ?? ''),
  ])
  expect(await page.send(operatorRoutes.listOrderRecords)).toMatchObject({
    status: 401,
    body: { detail: 'Sign in again: the session has ended.' },
  })
  expect(await page.send(consoleRoutes.extendSession)).toMatchObject({ status: 401 })
})

test('work extends a session, and reading alone does not', async ({ shop, signIn }) => {
  const { page, session, cookie } = await signIn()
  const hash = [Buffer.from(cookie.split('=')[1] ?? '')]
  await shop.database.rows(
    `update console_sessions set idle_ends_at = now() + interval '1 minute' where token_hash = sha256($1)`,
    hash,
  )
  await page.send(operatorRoutes.listOrderRecords)
  const soon = await shop.database.row(
    `select idle_ends_at < now() + interval '2 minutes' as soon from console_sessions where token_hash = sha256($1)`,
    hash,
  )
  expect(soon).toEqual({ soon: true })
  const { body } = await page.send(consoleRoutes.extendSession)
  expect(body).toMatchObject({ endsAt: session.endsAt })
  expect(Date.parse(JSON.parse(JSON.stringify(body)).idleEndsAt)).toBeGreaterThanOrEqual(
    Date.parse(session.idleEndsAt),
  )
})

test('a session ends with its key, in the next request', async ({ operator, signIn, keyIdOf }) => {
  const { page, key } = await signIn()
  await operator.run('revoke-operator-key', await keyIdOf(key))
  expect(await page.send(operatorRoutes.listOrderRecords)).toMatchObject({
    status: 401,
    body: { detail: 'Use another key: this one is revoked.' },
  })
})

test('an operator can end the sessions of another', async ({ operator, signIn, keyIdOf }) => {
  const { page, key } = await signIn()
  const { out } = await operator.run('end-sessions', await keyIdOf(key))
  expect(out).toContain('1 sessions')
  expect(await page.send(consoleRoutes.getSession)).toMatchObject({ status: 401 })
})

test.for(['made-up', `tael_${'A'.repeat(43)}`])('no session begins with %s', async (key, { page }) => {
  expect(await page.send(consoleRoutes.signIn, { key })).toMatchObject({
    status: 401,
    body: { code: 'operator_unauthenticated' },
    cookies: [],
  })
})

test("nor with a key of a merchant's backend, or one that has ended", async ({
  page,
  shop,
  operator,
  keyIdOf,
}) => {
  const merchantKey = await shop.operator('merchant:orders').key()
  expect(await page.send(consoleRoutes.signIn, { key: merchantKey })).toMatchObject({
    body: { code: 'scope_missing' },
  })
  const revoked = await shop.operator('payments:read').key()
  await operator.run('revoke-operator-key', await keyIdOf(revoked))
  expect(await page.send(consoleRoutes.signIn, { key: revoked })).toMatchObject({ status: 401 })
})

test('a role gives a key the scopes of what such a person does', async ({ operator, page }) => {
  const { out } = await operator.run('create-operator-key', '--name', 'Rita', '--role', 'refunder')
  const key = out.split('\n')[1] ?? ''
  const { session } = await page.signIn(key)
  expect(session).toMatchObject({ operator: { name: 'Rita' }, scopes: scopesOfRole.refunder })
  const both = await operator.run(
    'create-operator-key',
    '--name',
    'R',
    '--role',
    'viewer',
    '--scope',
    'payments:read',
  )
  expect(both).toMatchObject({ code: 64, err: expect.stringContaining('not both') })
  expect(await operator.run('create-operator-key', '--name', 'R', '--role', 'owner')).toMatchObject({
    code: 64,
  })
})

test('a sign-in link works once, and not in live mode', async ({ operator, page, keyIdOf, shop }) => {
  const id = await keyIdOf(await shop.operator('payments:read').key())
  const { out } = await operator.run('create-sign-in-link', id)
  const secret = /^\/console#key=(tael_link_[\w-]{43})\n$/.exec(out)?.[1] ?? ''
  const answers = await Promise.all([1, 2, 3].map(() => page.send(consoleRoutes.signIn, { key: secret })))
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(2)
  expect(await operator.runWith({ ADYEN_ENVIRONMENT: 'live' }, 'create-sign-in-link', id)).toMatchObject({
    code: 64,
  })
})
