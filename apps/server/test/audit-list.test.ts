import { userInfo } from 'node:os'
import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'

test('the audit is listed newest first, by actor, action, subject and time, with the names of keys', async ({
  shopper,
  operator,
}) => {
  const payment = await shopper.buy(5000)
  const { id, secret } = await operator.createKey({ name: 'Ruth', role: 'refunder' })
  const ruth = operator.withKey(secret)
  await ruth.getPaymentRecord(payment.id)
  await ruth.refund(payment, 500)
  await ruth.search(payment.id)
  const { actions } = await operator.listAudit({ actor: id })
  expect(actions.map(({ action, subject, actorName }) => [action, subject, actorName])).toEqual([
    ['search', null, 'Ruth'],
    ['refund.create', payment.id, 'Ruth'],
    ['payment.read', payment.id, 'Ruth'],
  ])
  const first = await operator.listAudit({ actor: id, limit: 2 })
  const rest = await operator.listAudit({ actor: id, limit: 2, before: first.next ?? 0 })
  expect([...first.actions, ...rest.actions]).toEqual(actions)
  expect(rest.next).toBeNull()
  const about = (await operator.listAudit({ subject: payment.id, action: 'refund.create' })).actions
  expect(about).toEqual([actions[1]])
  expect((await operator.listAudit({ actor: id, to: '2020-01-01' })).actions).toEqual([])
  expect((await operator.listAudit({ actor: id, from: '2020-01-01' })).actions).toEqual(actions)
  expect(await refusalOf(operator.listAudit({ from: '2026-13-01' }))).toMatchObject({
    code: 'validation_failed',
  })
  expect((await operator.listAudit({ action: 'audit.list', limit: 1 })).actions).toMatchObject([
    { detail: { action: 'audit.list', limit: 1 } },
  ])
})

test('a command lists it too, and is in it by the name of its user', async ({ operator }) => {
  await operator.run('find-order', 'nothing')
  const actor = `command:${userInfo().username}`
  const { out } = await operator.run('audit', '--action', 'search', '--limit', '1')
  expect(out).toMatch(new RegExp(`^\\d+  \\S+Z  ${actor}  search\nolder: --before \\d+\n$`))
  expect((await operator.listAudit({ actor, limit: 1 })).actions).toMatchObject([
    { action: 'audit.list', actorName: null, requestId: null },
  ])
  expect(await operator.run('audit', '--from', '2026-02-31x')).toMatchObject({ code: 64 })
})
