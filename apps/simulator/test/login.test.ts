import { expect, test } from 'vitest'
import { openShop, sessionQuery } from './merchant.ts'

test('a code is exchanged once for the openid of its shopper', async () => {
  const shop = await openShop()
  const code = await shop.code('alice')
  const first = await shop.session(sessionQuery(code))
  expect(first).toMatchObject({ status: 200, body: { openid: expect.stringMatching(/^o[\w-]{27}$/) } })
  expect(await shop.session(sessionQuery(code))).toMatchObject({ status: 200, body: { errcode: 40163 } })
})

test('every shopper has one openid of their own', async () => {
  const shop = await openShop()
  const alice = await shop.login('alice')
  expect(await shop.login('alice')).toBe(alice)
  expect(await shop.login('bob')).not.toBe(alice)
})

test('a code expires after five minutes', async () => {
  const shop = await openShop()
  const [old, fresh] = [await shop.code(), await shop.code()]
  await shop.forward(5 * 60_000 - 2_000)
  expect(await shop.session(sessionQuery(fresh))).toMatchObject({ body: { openid: expect.any(String) } })
  await shop.forward(2_000)
  expect(await shop.session(sessionQuery(old))).toMatchObject({ status: 200, body: { errcode: 40029 } })
})

test.each([
  [{ appid: '' }, 41002],
  [{ appid: 'wx_other' }, 40013],
  [{ secret: '' }, 41004],
  [{ secret: 'wrong' }, 40125],
  [{ js_code: '' }, 41008],
  [{ js_code: 'unknown' }, 40029],
])('WeChat answers %j with errcode %i', async (wrong, errcode) => {
  const shop = await openShop()
  const query = { ...sessionQuery(await shop.code()), ...wrong }
  expect(await shop.session(query)).toMatchObject({ status: 200, body: { errcode } })
})

test.each([
  ['login_busy', -1],
  ['login_rate_limited', 45011],
  ['login_blocked', 40226],
])('%s is answered with errcode %i, and the code stays valid', async (name, errcode) => {
  const shop = await openShop()
  const code = await shop.code()
  await shop.setSwitches({ faults: [{ name, probability: 1 }] })
  expect(await shop.session(sessionQuery(code))).toMatchObject({ status: 200, body: { errcode } })
  await shop.setSwitches({ faults: [] })
  expect(await shop.session(sessionQuery(code))).toMatchObject({ body: { openid: expect.any(String) } })
})
