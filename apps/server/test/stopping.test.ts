import type { Server } from '@tael/stack'
import { expect } from 'vitest'
import { logLines } from './actors/index.ts'
import { differences, settle } from './aftermath.ts'
import { startCrowd, stockUp } from './crowd.ts'
import { test as base } from './fixtures.ts'
import { brokenInvariants } from './invariants.ts'
import { SEED } from './seed.ts'
import { until } from './until.ts'

const test = base.extend('processes', { scope: 'file' }, () => true)

/** The ids of the requests that a server received, and of those it answered. */
function requestsOf(server: Server): { readonly received: string[]; readonly answered: string[] } {
  const lines = logLines(server)
  const idsOf = (message: string): string[] =>
    lines.filter(({ msg }) => msg === message).map(({ reqId = '' }) => reqId)
  return { received: idsOf('incoming request'), answered: idsOf('request completed') }
}

test(`a server that is asked to stop under load answers every request it received (SEED=${SEED})`, async ({
  shop,
  operator,
}) => {
  let server = await shop.startServer()
  const products = await stockUp(shop)
  const crowd = startCrowd({ shop, servers: () => [server], products, operator })
  for (let stops = 0; stops < 3; stops += 1) {
    const stopping = server
    await until(() => requestsOf(stopping).answered.length > 30)
    const next = shop.startServer()
    await stopping.stop('SIGTERM')
    server = await next
    // Its last lines and answers reach us a moment after its end.
    const allAnswered = (): boolean => {
      const { received, answered } = requestsOf(stopping)
      const counted = crowd.answersFrom(stopping)
      return answered.length === received.length && counted.answered + counted.abandoned >= received.length
    }
    await until(allAnswered)
    const { received, answered } = requestsOf(stopping)
    expect(answered.toSorted()).toEqual(received.toSorted())
    // Every answer arrived, but where the shopper had given up waiting. Adyen's webhooks go to
    // another server.
    expect(crowd.answersFrom(stopping).answered).toBeLessThanOrEqual(received.length)
    expect(logLines(stopping).filter(({ level }) => level >= 50)).toEqual([])
  }
  await crowd.leave()
  await settle(shop)
  expect(await differences(shop)).toEqual([])
  expect(await brokenInvariants(shop)).toEqual([])
})
