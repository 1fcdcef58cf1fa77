import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  type Amount,
  type Call,
  merchantRoutes,
  type OperatorRole,
  operatorRoutes,
  scopesOfRole,
} from '@tael/contracts'
import { createOperatorKey, type Stack, startStack } from '@tael/stack'
import { openSite, type Site } from '@tael/stack/browser'
import { SimulatedShop } from '@tael/stack/simulated-shop'
import { Client } from 'pg'
import type { Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { violationsIn } from './audit.ts'

/** Delays of the simulator run this much faster than Adyen's. */
const SPEED = 100

/** How a browser is set. */
export interface BrowserLook {
  readonly locale?: 'en-US' | 'zh-CN'
  readonly colorScheme?: 'light' | 'dark'
  readonly width?: number
}

/** All of Tael, with browsers for its console: each starts once, and forgets one person before the next. */
export class ConsoleStage {
  readonly stack: Stack
  readonly shop: SimulatedShop
  readonly #dataDir: string
  /** Every browser, and those that nobody uses now, by language. */
  readonly #sites: Site[] = []
  readonly #free = { 'en-US': new Array<Site>(), 'zh-CN': new Array<Site>() }
  readonly #keys = new Map<OperatorRole, Promise<string>>()

  private constructor(stack: Stack, dataDir: string) {
    this.stack = stack
    this.shop = new SimulatedShop(stack)
    this.#dataDir = dataDir
  }

  static async open(): Promise<ConsoleStage> {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'tael-console-'))
    // Run as root, PostgreSQL has its own user, which must be able to enter the folder.
    await chmod(dataDir, 0o755)
    const stack = await startStack({
      server: { DATA_DIR: dataDir, WECHAT_TRANSACTION_ID_FIELD: 'weChatNumber' },
      simulator: { SIMULATOR_SPEED: String(SPEED), SIMULATOR_TRANSACTION_ID_FIELD: 'weChatNumber' },
    })
    return new ConsoleStage(stack, dataDir)
  }

  async close(): Promise<void> {
    for (const site of this.#sites) await site.close()
    await this.stack.stop()
    await rm(this.#dataDir, { recursive: true, force: true })
  }

  /** A key of this role. */
  keyOf(role: OperatorRole): Promise<string> {
    const key =
      this.#keys.get(role) ?? createOperatorKey({ DATA_DIR: this.#dataDir }, role, scopesOfRole[role])
    this.#keys.set(role, key)
    return key
  }

  /** A key of a refunder who refunds more than this only with a second operator. */
  async limitedKey(refundLimit: Amount): Promise<string> {
    const admin = await this.operator('admin')
    const body = { name: randomUUID(), role: 'refunder', refundLimit } as const
    return (await admin(operatorRoutes.createKey, { body })).secret
  }

  /** An order of a merchant's own shop. */
  async putMerchantOrder(): Promise<{ readonly number: string; readonly reference: string }> {
    const scopes = ['merchant:orders', 'payments:read'] as const
    const key = await createOperatorKey({ DATA_DIR: this.#dataDir }, 'Shop', scopes)
    const call = this.shop.operator(key)
    const reference = `shop-${randomUUID()}`
    const { id } = await call(merchantRoutes.putMerchantOrder, {
      params: { reference },
      body: {
        amount: { currency: 'CNY', value: 4000 },
        payer: null,
        description: { en: 'Tea', 'zh-CN': '茶' },
      },
    })
    const { number } = await call(operatorRoutes.getOrderRecord, { params: { orderId: id } })
    return { number, reference }
  }

  /** The SHA-256 of a shopper's openid, in hex. */
  async openidHashOf(shopperId: string): Promise<string> {
    const rows = await this.#query(
      `select encode(sha256(openid::bytea), 'hex') as value from shoppers where id = $1`,
      [shopperId],
    )
    return String(rows[0]?.['value'])
  }

  /** Lets a payment have begun this many seconds earlier. */
  async makeOlder(paymentId: string, seconds: number): Promise<void> {
    await this.#query(
      `update payments set created_at = created_at - make_interval(secs => $2) where id = $1`,
      [paymentId, seconds],
    )
  }

  async #query(sql: string, values: readonly unknown[]): Promise<Record<string, unknown>[]> {
    const read = (file: string): Promise<string> => readFile(path.join(this.#dataDir, file), 'utf8')
    const password = (await read('postgres-password')).trim()
    // The fourth line of a postmaster.pid is the port (postgresql.org, storage file layout).
    const port = Number((await read('postgres/postmaster.pid')).split('\n')[3])
    const client = new Client({ host: '127.0.0.1', port, user: 'tael', password, database: 'postgres' })
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(sql, [...values])).rows
    } finally {
      await client.end()
    }
  }

  async operator(role: OperatorRole): Promise<Call> {
    return this.shop.operator(await this.keyOf(role))
  }

  /** A person at an address of the console, until the test ends. What the page's policy refuses fails the test. */
  async visit(
    address = '',
    { locale = 'en-US', colorScheme = 'light', width = 1280 }: BrowserLook = {},
  ): Promise<Page> {
    const site = this.#free[locale].pop() ?? (await this.#openSite(locale))
    const page = await site.newVisitor()
    onTestFinished(async () => {
      await site.dismissVisitor()
      this.#free[locale].push(site)
    })
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const refused: string[] = []
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) refused.push(message.text())
    })
    page.on('pageerror', (error) => refused.push(String(error)))
    onTestFinished(() => {
      if (refused.length > 0) throw new Error(refused.join('\n'))
    })
    await page.goto(`${this.stack.server.operatorsUrl}/console${address}`)
    return page
  }

  async #openSite(locale: 'en-US' | 'zh-CN'): Promise<Site> {
    const site = await openSite(`${this.stack.server.operatorsUrl}/health/live`, { locale })
    this.#sites.push(site)
    return site
  }

  /** The same, signed in with a key of this role. */
  async signIn(role: OperatorRole, address = '', look: BrowserLook = {}): Promise<Page> {
    return this.signInWith(await this.keyOf(role), address, look)
  }

  /** The same with this key. */
  async signInWith(key: string, address = '', look: BrowserLook = {}): Promise<Page> {
    const page = await this.visit(address, look)
    await page.locator('input[autocomplete=current-password]').fill(key)
    await page.keyboard.press('Enter')
    await page.getByRole('search').waitFor()
    return page
  }
}

/** Accessibility barriers on a page: findings of axe-core at WCAG 2.2 level AA, and what leaves its sides. */
export async function barriersOf(page: Page): Promise<readonly string[]> {
  const wider = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  return [
    ...(await violationsIn(page, 'html')),
    ...(wider > 0 ? [`the page is ${wider} px wider than the window`] : []),
  ]
}
