import { operatorRoutes, scopesOfRole } from '@tael/contracts'
import { expect } from 'vitest'
import { authorised, callTo, HOUR, logLines, refusalOf } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const test = base
  /** Creates a key on the command line. */
  .extend('createKey', ({ operator }) => async (...options: readonly string[]) => {
    const { out } = await operator.run('create-operator-key', '--name', 'Olga', ...options)
    const [id = '', key = ''] = out.split('\n')
    return { id, key }
  })
  /** Reads an unknown payment with this key. */
  .extend('refusalWith', ({ shop }) => (key: string) => {
    const input = { params: { paymentId: 'pay_01977777777777777777777777777777' } }
    return refusalOf(authorised(callTo(shop.server), key)(operatorRoutes.getPaymentRecord, input))
  })
  .extend('auditOf', ({ shop }) => (keyId: string) => {
    return shop.database.rows(
      `select detail ->> 'code' as code, detail ->> 'path' as path from operator_actions
       where action = 'refused' and actor = $1 order by id`,
      [keyId],
    )
  })

const scope = ['--scope', 'payments:read'] as const

test('a key ends at its time, and is named where it is refused afterwards', async ({
  shop,
  operator,
  createKey,
  refusalWith,
  auditOf,
}) => {
  const expires = new Date(Date.now() + HOUR * 1000).toISOString()
  const { id, key } = await createKey(...scope, '--expires', expires)
  expect(await refusalWith(key)).toMatchObject({ code: 'payment_not_found' })
  expect((await operator.run('list-operator-keys')).out).toContain(`${id}  `)
  expect((await operator.run('list-operator-keys')).out).toContain(`valid until ${expires}`)
  await shop.database.rows('update operator_keys set expires_at = now() where id = $1', [id])
  expect(await refusalWith(key)).toMatchObject({
    code: 'operator_unauthenticated',
    detail: expect.stringContaining('expired'),
  })
  expect((await operator.run('list-operator-keys')).out).toContain('expired')
  await expect
    .poll(() => auditOf(id))
    .toMatchObject([{ code: 'payment_not_found' }, { code: 'operator_unauthenticated' }])
  expect(
    logLines(shop.server).filter((line) => 'operator' in line && line.operator === id && 'code' in line),
  ).toMatchObject([
    { msg: 'request refused', code: 'payment_not_found' },
    { msg: 'request refused', code: 'operator_unauthenticated' },
  ])
})

test('a revoked key is named too, and a key of nobody leaves no trace in the audit', async ({
  shop,
  operator,
  createKey,
  refusalWith,
  auditOf,
}) => {
  const { id, key } = await createKey(...scope)
  await operator.run('revoke-operator-key', id)
  expect(await refusalWith(key)).toMatchObject({ detail: expect.stringContaining('revoked') })
  await expect.poll(() => auditOf(id)).toHaveLength(1)
  const before = await shop.database.count('operator_actions', 'true')
  expect(await refusalWith(`tael_${'A'.repeat(43)}`)).toMatchObject({ code: 'operator_unauthenticated' })
  expect(await shop.database.count('operator_actions', 'true')).toBe(before)
})

test('what a valid key is refused is recorded with its path', async ({ shopper, shop, auditOf }) => {
  const payment = await shopper.buy(6800)
  const reader = shop.operator('payments:read')
  expect(await refusalOf(reader.refund(payment))).toMatchObject({ code: 'scope_missing' })
  const refunder = shop.operator('refunds:write')
  expect(await refusalOf(refunder.refund(payment, 6801))).toMatchObject({ code: 'refund_exceeds_payment' })
  await refunder.refund(payment, 6800)
  const path = `/ops/payments/${payment.id}/refunds`
  const idOf = async (actor: typeof reader): Promise<string> => {
    const key = await actor.key()
    const { id } = await shop.database.row('select id from operator_keys where key_hash = sha256($1)', [
      Buffer.from(key),
    ])
    return String(id)
  }
  await expect.poll(async () => auditOf(await idOf(reader))).toEqual([{ code: 'scope_missing', path }])
  await expect
    .poll(async () => auditOf(await idOf(refunder)))
    .toEqual([{ code: 'refund_exceeds_payment', path }])
})

test.for(['--expires=tomorrow', '--expires=2020-01-01T00:00:00Z'])(
  'a key with %s is not created',
  async (expires, { operator, shop }) => {
    const before = await shop.database.count('operator_keys', 'true')
    const { code, err } = await operator.run('create-operator-key', '--name', 'Olga', ...scope, expires)
    expect(code).toBe(64)
    expect(err).toContain('--expires must be a time')
    expect(await shop.database.count('operator_keys', 'true')).toBe(before)
  },
)

test('a key is created with a role, opens what the role may do, and is revoked', async ({
  shop,
  operator,
  refusalWith,
}) => {
  const expiresAt = '2999-01-01T00:00:00.000Z'
  const { secret, ...created } = await operator.createKey({ name: ' Vera ', role: 'viewer', expiresAt })
  expect(created).toMatchObject({
    name: 'Vera',
    scopes: ['payments:read'],
    expiresAt,
    state: 'valid',
    revokedAt: null,
  })
  expect((await operator.listKeys())[0]).toEqual(created)
  expect(JSON.stringify(await operator.listKeys())).not.toContain(secret)
  expect(await refusalWith(secret)).toMatchObject({ code: 'payment_not_found' })
  expect(await refusalOf(operator.withKey(secret).listKeys())).toMatchObject({ code: 'scope_missing' })

  const revoked = await operator.revokeKey(created.id)
  expect(revoked).toMatchObject({ id: created.id, state: 'revoked', revokedAt: expect.any(String) })
  expect(await refusalWith(secret)).toMatchObject({ detail: expect.stringContaining('revoked') })
  expect(await operator.revokeKey(created.id)).toEqual(revoked)
  expect(await refusalOf(operator.revokeKey('opk_none'))).toMatchObject({ code: 'key_not_found' })
  const audit = await operator.listAudit({ subject: created.id })
  expect(audit.actions.map(({ action }) => action)).toEqual(['key.revoke', 'key.create'])
  expect(await shop.database.count('operator_actions', 'detail::text like $1', [`%${secret}%`])).toBe(0)
})

test('nobody gives a scope that they lack, and only an admin those of a merchant', async ({
  shop,
  operator,
}) => {
  const keeper = shop.operator('keys:write', 'payments:read')
  const merchants = ['merchant:read'] as const
  for (const refused of [
    () => keeper.createKey({ name: 'Max', role: 'refunder' }),
    () => keeper.createKey({ name: 'Max', scopes: ['payments:read', 'refunds:write'] }),
    () => keeper.createKey({ name: 'Max', scopes: [...merchants] }),
    () => shop.operator('keys:write', ...merchants).createKey({ name: 'Max', scopes: [...merchants] }),
  ])
    expect(await refusalOf(refused())).toMatchObject({ code: 'scope_not_held' })
  expect((await operator.listKeys()).filter(({ name }) => name === 'Max')).toEqual([])
  expect(await keeper.createKey({ name: 'Max', role: 'viewer' })).toMatchObject({ scopes: ['payments:read'] })
  const admin = shop.operator(...scopesOfRole.admin)
  expect(await admin.createKey({ name: 'Backend', scopes: [...merchants] })).toMatchObject({
    scopes: merchants,
  })
})

test.for([
  { name: 'Max', role: 'viewer' as const, expiresAt: '2020-01-01T00:00:00Z' },
  { name: 'Max', role: 'viewer' as const, expiresAt: '2027-13-01T00:00:00Z' },
  { name: '   ', role: 'viewer' as const },
  { name: 'Max', scopes: [] },
])('a key is not created from %j', async (body, { operator }) => {
  expect(await refusalOf(operator.createKey(body))).toMatchObject({ code: 'validation_failed' })
})

test('a command creates a key with the scopes of a role, or with its own', async ({
  operator,
  createKey,
}) => {
  const { id } = await createKey('--role', 'support')
  expect((await operator.listKeys())[0]).toMatchObject({ id, scopes: scopesOfRole.support })
  for (const options of [['--role', 'king'], ['--role', 'viewer', ...scope], []])
    expect(await operator.run('create-operator-key', '--name', 'Olga', ...options)).toMatchObject({
      code: 64,
    })
})

test('what operators did can neither be changed nor removed', async ({ shop }) => {
  for (const change of [
    `update operator_actions set action = 'nothing'`,
    'delete from operator_actions',
    'truncate operator_actions',
  ]) {
    await expect(shop.database.rows(change)).rejects.toThrow('operator_actions only grows')
  }
})
