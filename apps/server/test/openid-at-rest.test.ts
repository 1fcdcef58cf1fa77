import { createHash, randomBytes } from 'node:crypto'
import type { Environment } from '@tael/stack'
import { openidOf } from '@tael/simulator/openid'
import { credentials } from '@tael/stack'
import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'

const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
const keys = (...list: readonly string[]): Environment => ({ PERSONAL_DATA_KEYS: list.join(',') })

test('openids move from clear text to a key, to another key, and back, while shoppers stay who they are', async ({
  shop,
  shopper,
  merchant,
  operator,
  queue,
}) => {
  const { database } = shop
  const openid = openidOf(credentials.WECHAT_APP_ID, 'alice')
  const hash = createHash('sha256').update(openid).digest('hex')
  const { orderId } = await shopper.buy(4000)
  let server = shop.server

  /** Replaces the server by one with these keys, lets the job move openids, and buys with old and new sessions. */
  const move = async (list: readonly string[], moves: boolean): Promise<void> => {
    await server.stop()
    server = await shop.replaceServer(shop.server, keys(...list))
    const trade = async (): Promise<void> => {
      expect(await shopper.buy(4000)).toMatchObject({ status: 'authorised' })
      const again = await shop.shopper('alice')
      expect(await again.getOrder(orderId)).toMatchObject({ id: orderId })
      const own = await merchant.put({ payer: { openid } })
      expect(await shopper.pay(await shopper.startPayment(own))).toMatchObject({ status: 'authorised' })
      expect((await operator.search(hash))[0]).toMatchObject({ match: 'openid_hash' })
      expect(await operator.runWith(keys(...list), 'find-order', hash)).toMatchObject({ code: 0 })
    }
    await trade()
    const before = await queue.completed('apply-retention')
    await queue.enqueue('apply-retention', {})
    await queue.waitUntilCompleted('apply-retention', {}, before + 1)
    expect(await database.tablesWith([openid])).toEqual(moves ? [] : ['public.shoppers'])
    await trade()
  }

  await move(['clear', first], false)
  await move([first], true)
  expect(await database.count('shoppers', `openid_key is not null`)).toBe(1)
  const { openid_key: firstKey } = await database.row('select openid_key from shoppers')
  await move([first, second], true)
  await move([second, first], true)
  const { openid_key: secondKey } = await database.row('select openid_key from shoppers')
  expect(secondKey).not.toBe(firstKey)
  // Nothing is encrypted under the first one any more.
  await move([second], true)

  // A copy of her openid in another's row does not make him pay as her.
  const mallory = await shop.shopper('mallory')
  const order = await mallory.order(4000)
  const ofMallory = 'id = (select shopper_id from orders where id = $1)'
  const [own] = await database.rows(`select openid_sealed from shoppers where ${ofMallory}`, [order.id])
  await database.rows(
    `update shoppers set openid_sealed = (
       select openid_sealed from shoppers join orders on shopper_id = shoppers.id where orders.id = $2
     ) where ${ofMallory}`,
    [order.id, orderId],
  )
  expect(await refusalOf(mallory.startPayment(order))).toMatchObject({ code: 'internal_error' })
  await database.rows(`update shoppers set openid_sealed = $2 where ${ofMallory}`, [
    order.id,
    own?.['openid_sealed'],
  ])
  expect(await mallory.pay(await mallory.startPayment(order))).toMatchObject({ status: 'authorised' })

  await server.stop()
  for (const list of [[first], ['clear', first]])
    await expect(shop.replaceServer(shop.server, keys(...list))).rejects.toThrow(
      `PERSONAL_DATA_KEYS lacks the key ${String(secondKey)}`,
    )
  for (const args of [
    ['find-order', hash],
    ['export-shopper', hash],
  ])
    expect(await operator.run(...args)).toMatchObject({
      code: 78,
      err: expect.stringContaining('lacks the key'),
    })
  server = await shop.replaceServer(shop.server, keys(second))
  await move(['clear', second], false)
  expect(await database.count('shoppers', 'openid = $1 and openid_key is null', [openid])).toBe(1)
  expect(await database.count('shoppers', 'true')).toBe(2)
  expect(await operator.reconcile()).toMatchObject({ code: 0 })

  // A key that is lost takes the shoppers with it, not the server.
  await move([first], true)
  await server.stop()
  await database.rows(`update shoppers set openid_key = 'erased', erased_at = now() where openid_key = $1`, [
    firstKey,
  ])
  server = await shop.replaceServer(shop.server, keys(second))
  expect(await refusalOf(shopper.getOrder(orderId))).toMatchObject({ code: 'session_required' })
  expect((await (await shop.shopper('alice')).listOrders()).orders).toEqual([])
})
