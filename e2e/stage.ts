import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createOperatorKey, type Environment, type Stack, startStack } from '@tael/stack'
import { openSite, type Site } from '@tael/stack/browser'
import type { Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { type Language, Playground } from './playground.ts'

/** All of Tael, with a browser. */
export interface Stage {
  readonly stack: Stack
  /** A new visitor of the playground with an unused phone. The visit ends with the test. */
  visit(options?: VisitOptions): Promise<Playground>
  /** From now on, or up to the end of the test, loses every webhook, or none. Lost ones are retried later. */
  loseWebhooks(lost: boolean): Promise<void>
  /** Refunds a payment in part, in minor units, as an operator. */
  refund(paymentId: string, value: number): Promise<void>
  /** Declines the refund that the shopper of an order requested, as an operator. */
  declineRefund(orderId: string, reason: string): Promise<void>
  close(): Promise<void>
}

export interface VisitOptions {
  readonly language?: Language
  readonly theme?: 'Light' | 'Dark'
  readonly scenario?: string
  readonly size?: { readonly width: number; readonly height: number }
  /** A folder of `buildHostedProgram` that the phone runs instead of the playground's. */
  readonly program?: string
  /** The phone's screen: `320x568`. */
  readonly screen?: string
  readonly textScale?: number
  /** Makes the losses of the network the same in every run. */
  readonly seed?: number
}

/** Delays and webhook retries of the simulator run this much faster than Adyen's. */
const SPEED = 10

/** Opens the stage with these settings of the server. */
export async function openStage(settings: Environment = {}): Promise<Stage> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tael-e2e-'))
  // Run as root, PostgreSQL has its own user, which must be able to enter the folder.
  await chmod(dataDir, 0o755)
  const stack = await startStack({
    server: { DATA_DIR: dataDir, ...settings },
    simulator: { SIMULATOR_SPEED: String(SPEED) },
  })
  // Playwright's clicks wait for animations to end.
  const site = await openSite(`${stack.playground.url}/style.css`, { reducedMotion: 'reduce' })
  return {
    stack,
    visit: (options = {}) => visit(site, stack.playground.url, options),
    loseWebhooks: (lost) => loseWebhooks(stack.simulator.url, lost),
    refund: (paymentId, value) =>
      operate(`${stack.server.operatorsUrl}/ops/payments/${paymentId}/refunds`, dataDir, {
        amount: { currency: 'CNY', value },
        reason: 'goodwill',
      }),
    declineRefund: (orderId, reason) =>
      operate(`${stack.server.operatorsUrl}/ops/orders/${orderId}/refund-request/decline`, dataDir, {
        reason,
      }),
    async close() {
      await site.close()
      await stack.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function visit(site: Site, url: string, options: VisitOptions): Promise<Playground> {
  const { language = 'English', theme = 'Light', scenario = 'paid', screen, textScale } = options
  const page = await site.newVisitor()
  // Pages that stay open go on polling, which slows every later test.
  onTestFinished(() => page.close())
  await page.setViewportSize(options.size ?? { width: 1400, height: 950 })
  if (options.seed !== undefined) await page.addInitScript(seedRandom, options.seed)
  if (options.program !== undefined) await serveProgram(page, options.program)
  const playground = new Playground(page, language)
  const query = new URLSearchParams({
    language: language === 'English' ? 'en' : 'zh_CN',
    theme: theme.toLowerCase(),
    ...(screen === undefined ? {} : { size: screen }),
    ...(textScale === undefined ? {} : { text: String(textScale) }),
  })
  await page.goto(`${url}/?${query}`)
  await playground.chooseScenario(scenario)
  await playground.phone.getByRole('navigation').waitFor()
  return playground
}

/** Answers the phone's requests for its own files from this folder. */
function serveProgram(page: Page, folder: string): Promise<unknown> {
  const files = /^\/phone\/(.+)$/
  return page.route(
    ({ pathname }) => files.test(pathname),
    (route) => {
      const name = files.exec(new URL(route.request().url()).pathname)?.[1] ?? ''
      return route.fulfill({ path: path.join(folder, name) })
    },
  )
}

async function loseWebhooks(simulatorUrl: string, lost: boolean): Promise<void> {
  if (lost) onTestFinished(() => loseWebhooks(simulatorUrl, false))
  const set = await fetch(`${simulatorUrl}/simulator/scenario`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ faults: lost ? [{ name: 'webhook_lost', probability: 1 }] : [] }),
  })
  if (!set.ok) throw new Error(`The simulator rejected the fault: ${await set.text()}`)
}

/** Replaces Math.random with Mulberry32. */
function seedRandom(seed: number): void {
  let state = seed
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Creates an operator's key, and sends this with it. */
async function operate(url: string, dataDir: string, body: object): Promise<void> {
  const key = await createOperatorKey({ DATA_DIR: dataDir }, 'Olga', ['refunds:write'])
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${url} was rejected: ${await answer.text()}`)
}
