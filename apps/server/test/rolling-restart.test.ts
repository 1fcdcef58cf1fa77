import { setTimeout as pause } from 'node:timers/promises'
import type { Call } from '@tael/contracts'
import { freePort, type Server } from '@tael/stack'
import { describe, expect } from 'vitest'
import { callTo, type LogLine, logLines, type Shop, Shopper } from './actors/index.ts'
import { differences, settle } from './aftermath.ts'
import { test as base } from './fixtures.ts'
import { brokenInvariants } from './invariants.ts'
import { createTrustedCertificate, missingProxy, type ProxyName, startShopProxy } from './shop-proxy.ts'
import { until } from './until.ts'

/** How often each server is restarted behind each proxy; `RESTARTS=10` is a long run. */
const RESTARTS = Number(process.env['RESTARTS'] ?? 1)
const PHONES = 4
const PAUSE_MS = 50

const test = base
  .extend('processes', { scope: 'file' }, () => true)
  .extend('settings', { scope: 'file' }, () => ({ DRAIN_SECONDS: '3', TRUSTED_PROXIES: '1' }))
  // Vitest reads from the pattern what a fixture takes.
  // oxlint-disable-next-line eslint/no-empty-pattern
  .extend('certificate', { scope: 'file' }, async ({}, { onCleanup }) => {
    const certificate = await createTrustedCertificate()
    onCleanup(() => certificate.forget())
    return certificate
  })
  // oxlint-disable-next-line eslint/no-empty-pattern
  .extend('port', { scope: 'file' }, async ({}) => String(await freePort()))
  // Adyen reaches the servers as phones do.
  .extend('simulatorSettings', { scope: 'file' }, ({ port }) => ({
    SIMULATOR_WEBHOOK_URL: `https://localhost:${port}/webhooks/adyen`,
  }))
  .extend('pair', { scope: 'file' }, async ({ shop }) => new Pair(shop, await shop.startServer()))

for (const name of ['nginx', 'caddy'] as const satisfies readonly ProxyName[]) {
  const missing = missingProxy(name)
  if (missing !== undefined) process.stderr.write(`${missing}\n`)
  describe.skipIf(missing !== undefined)(`behind ${name}`, () => {
    test(
      'restarting two servers in turn fails no request',
      { timeout: 120_000 + RESTARTS * 40_000 },
      async ({ shop, pair, port, certificate }) => {
        const proxy = await startShopProxy(name, { port, servers: pair.servers, certificate })
        const phones = new Phones(shop, `https://localhost:${port}`)
        try {
          for (let restart = 0; restart < RESTARTS; restart += 1) {
            for (const index of [0, 1] as const) {
              await phones.pay(10)
              const log = await pair.restart(index)
              expect(log.filter(({ level }) => level >= 50)).toEqual([])
              expect(log.map(({ msg }) => msg)).toContain('draining')
            }
          }
          await phones.pay(10)
          await phones.leave()
          await settle(shop)
        } finally {
          await phones.leave()
          await proxy.stop()
        }
        expect(phones.failures).toEqual([])
        expect(phones.longPolls).toBeGreaterThan(2 * RESTARTS)
        expect(await differences(shop)).toEqual([])
        expect(await brokenInvariants(shop)).toEqual([])
      },
    )
  })
}

/** Two servers at ports that they keep. */
class Pair {
  readonly servers: [Server, Server]
  readonly #shop: Shop

  constructor(shop: Shop, second: Server) {
    this.#shop = shop
    this.servers = [shop.server, second]
  }

  /** As systemd does: asks it to stop, waits for its end, and starts it anew. Returns the log of the one that ended. */
  async restart(index: 0 | 1): Promise<readonly LogLine[]> {
    const stopping = this.servers[index]
    await stopping.stop('SIGTERM')
    this.servers[index] = await this.#shop.replaceServer(stopping)
    return logLines(stopping)
  }
}

/** Phones that pay, and one whose payment stays open, which waits for it. None of them tries anything again. */
class Phones {
  /** Whatever was not answered as it should. */
  readonly failures: string[] = []
  longPolls = 0
  #paid = 0
  #over = false
  readonly #shop: Shop
  readonly #call: Call
  readonly #all: Promise<unknown>

  constructor(shop: Shop, url: string) {
    this.#shop = shop
    const call = callTo({ url })
    this.#call = async (route, input, options) => {
      try {
        return await call(route, input, options)
      } catch (error) {
        this.failures.push(`${route.method} ${route.path}: ${String(error)}`)
        throw error
      }
    }
    const paying = Array.from({ length: PHONES }, (_, index) =>
      this.#repeat(() => this.#buy(`phone-${index}`)),
    )
    this.#all = Promise.all([...paying, this.#wait()])
  }

  /** Waits until so many more have paid. */
  async pay(count: number): Promise<void> {
    const goal = this.#paid + count
    await until(() => this.#paid >= goal || this.failures.length > 0, { timeoutMs: 60_000 })
  }

  async leave(): Promise<void> {
    this.#over = true
    await this.#all
  }

  async #repeat(action: () => Promise<unknown>): Promise<void> {
    while (!this.#over && this.failures.length === 0) {
      // What failed is in the list.
      await action().catch(() => undefined)
      await pause(PAUSE_MS)
    }
  }

  #logIn(name: string): Promise<Shopper> {
    const { weChat } = this.#shop
    const addProduct = (price: number): Promise<string> => this.#shop.addProduct(price)
    return Shopper.logIn(name, { weChat, addProduct, server: this.#call })
  }

  /** Adyen decides it with a webhook. */
  async #buy(name: string): Promise<void> {
    const shopper = await this.#logIn(name)
    let payment = await shopper.pay(await shopper.startBuying(4003))
    while (payment.status === 'processing') payment = await shopper.waitForChange(payment)
    if (payment.status === 'authorised') this.#paid += 1
    else this.failures.push(`a payment was ${payment.status}`)
  }

  async #wait(): Promise<void> {
    const shopper = await this.#logIn('waiting')
    const { payment } = await shopper.startBuying(4000)
    await this.#repeat(async () => {
      await shopper.waitForChange(payment, { waitMs: 4_000 })
      this.longPolls += 1
    })
  }
}
