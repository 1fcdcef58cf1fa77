import type { Program } from '@tael/stack'
import { expect, vi } from 'vitest'
import { differences, settle } from './aftermath.ts'
import { test } from './fixtures.ts'
import { brokenInvariants } from './invariants.ts'
import { mulberry32 } from './mulberry32.ts'
import { SEED } from './seed.ts'
import { addProduct, logged } from './shop.ts'
import { prices, startShoppers } from './shoppers.ts'

/** The ids of the requests that a server took, and of those it answered. */
function requestsOf({ lines }: Program): { readonly taken: string[]; readonly answered: string[] } {
  const idsOf = (message: string): string[] =>
    lines
      .filter((line) => line.includes(`"msg":"${message}"`))
      .flatMap((line) => /"reqId":"([^"]+)"/.exec(line)?.[1] ?? [])
  return { taken: idsOf('incoming request'), answered: idsOf('request completed') }
}

test(`a server that is asked to stop under load answers every request it took (SEED=${SEED})`, async ({
  shop,
  key,
}) => {
  const servers: Program[] = [await shop.anotherServer()]
  const products = await Promise.all(prices.map((price) => addProduct(shop, price, 100_000)))
  const crowd = startShoppers({ shop, servers, products, random: mulberry32(SEED), operatorKey: key })
  for (let stops = 0; stops < 3; stops += 1) {
    const [stopping] = servers
    if (stopping === undefined) throw new Error('No server runs.')
    await vi.waitUntil(() => requestsOf(stopping).answered.length > 30, { timeout: 30_000, interval: 20 })
    const next = shop.anotherServer()
    await stopping.stop('SIGTERM')
    servers[0] = await next
    // Its last lines and answers reach us a moment after its end.
    await vi.waitFor(() => {
      const { taken, answered } = requestsOf(stopping)
      expect(answered.toSorted()).toEqual(taken.toSorted())
      // Every answer arrived, but where nobody waited for it any longer. Adyen's webhooks go to another server.
      const heard = crowd.heardOf(stopping)
      expect(heard.answered).toBeLessThanOrEqual(taken.length)
      expect(heard.answered + heard.abandoned).toBeGreaterThanOrEqual(taken.length)
    }, 5_000)
    expect(await logged(stopping, /request completed/)).not.toMatch(/"level":50/)
  }
  await crowd.leave()
  await settle(shop)
  expect(await differences(shop)).toEqual([])
  expect(await brokenInvariants(shop)).toEqual([])
})
