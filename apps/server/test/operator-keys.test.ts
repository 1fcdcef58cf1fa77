import { operatorRoutes } from '@tael/contracts'
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

test('what operators did can neither be changed nor removed', async ({ shop }) => {
  for (const change of [
    `update operator_actions set action = 'nothing'`,
    'delete from operator_actions',
    'truncate operator_actions',
  ]) {
    await expect(shop.database.rows(change)).rejects.toThrow('operator_actions only grows')
  }
})
