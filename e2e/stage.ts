import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Parse } from '@sinclair/typebox/value'
import { OrderList, Session } from '@tael/contracts'
import { createOperatorKey, type Environment, type Stack, startStack } from '@tael/stack'
import { openSite, type Site } from '@tael/stack/browser'
import type { FrameLocator, Locator, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

/** All of Tael, with a browser. */
export interface Stage {
  readonly stack: Stack
  /** A new visitor of the playground with an unused phone. The visit ends with the test. */
  visit(options?: VisitOptions): Promise<Playground>
  /** From now on loses every webhook, or none. Lost ones are retried later. */
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

export type Language = 'English' | '中文'

const WAIT_MS_MAX = 30_000

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
  page.setDefaultTimeout(WAIT_MS_MAX)
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
  await playground.choose('Scenario', scenario)
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

/** The texts that shoppers read and tap, by language. */
const texts = {
  English: {
    add: /^Add one: /,
    home: /Shop/,
    cart: /Cart/,
    orders: /Orders/,
    noOrders: 'No orders yet',
    pay: 'WeChat Pay',
    cashier: { dialog: 'WeChat Pay', pay: 'Pay', done: 'Done', cancel: 'Cancel' },
    payAgain: 'Pay again',
    viewOrder: 'View order',
    backHome: 'Back to shop',
    back: 'Back',
  },
  中文: {
    add: /^加一件/,
    home: /首页/,
    cart: /购物车/,
    orders: /订单/,
    noOrders: '暂无订单',
    pay: '微信支付',
    cashier: { dialog: '微信支付', pay: '立即支付', done: '完成', cancel: '取消' },
    payAgain: '重新付款',
    viewOrder: '查看订单',
    backHome: '返回首页',
    back: '返回',
  },
} as const

/** The playground's page as its visitor uses it: the phone, its cashier and the toolbar. */
export class Playground {
  readonly page: Page
  readonly phone: FrameLocator
  readonly #texts: (typeof texts)[Language]

  constructor(page: Page, language: Language) {
    this.page = page
    this.phone = page.frameLocator('iframe[title="Mini Program"]')
    this.#texts = texts[language]
  }

  /** Chooses from a list of the toolbar. */
  async choose(list: 'Scenario' | 'Network', label: string): Promise<void> {
    await this.page.getByRole('combobox', { name: list }).selectOption({ label })
  }

  /** A button of the toolbar: Kill app, Reopen app, Background … */
  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click()
  }

  button(name: string): Locator {
    return this.phone.getByRole('button', { name, exact: true })
  }

  async addToCart(product = 0): Promise<void> {
    await this.phone.getByRole('button', { name: this.#texts.add }).nth(product).click()
  }

  async openTab(tab: 'home' | 'cart' | 'orders'): Promise<void> {
    await this.phone.getByRole('navigation').getByRole('button', { name: this.#texts[tab] }).click()
  }

  /** Opens the orders, which needs a session. */
  async logIn(): Promise<void> {
    await this.openTab('orders')
    await this.reads(this.#texts.noOrders)
    await this.openTab('home')
  }

  /** Adds one piece to the cart and taps pay. */
  async checkOut(product = 0): Promise<void> {
    await this.addToCart(product)
    await this.openTab('cart')
    await this.pay()
  }

  /** Taps the pay button of the cart. */
  async pay(): Promise<void> {
    await this.button(this.#texts.pay).click()
  }

  get cashier(): Locator {
    return this.page.getByRole('dialog', { name: this.#texts.cashier.dialog })
  }

  /** Types a password into the cashier. The money moves at its last digit. */
  async enterPassword(): Promise<void> {
    await this.cashier.getByRole('button', { name: this.#texts.cashier.pay, exact: true }).click()
    for (const digit of '123456') await this.cashier.getByRole('button', { name: digit, exact: true }).click()
  }

  async payAtCashier(): Promise<void> {
    await this.enterPassword()
    await this.done()
  }

  /** Taps Done, at which `wx.requestPayment` calls back. */
  async done(): Promise<void> {
    await this.cashier.getByRole('button', { name: this.#texts.cashier.done, exact: true }).click()
  }

  async cancelAtCashier(): Promise<void> {
    await this.cashier.getByRole('button', { name: this.#texts.cashier.cancel, exact: true }).click()
  }

  async payAgain(): Promise<void> {
    await this.button(this.#texts.payAgain).click()
  }

  /** Requests a refund on the page of a paid order. */
  async requestRefund(): Promise<void> {
    await this.button('Request a refund').click()
    await this.answer('Yes')
  }

  async viewOrder(): Promise<void> {
    await this.button(this.#texts.viewOrder).click()
  }

  /** Answers the dialog that WeChat shows. */
  async answer(name: string): Promise<void> {
    await this.phone.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  }

  /** Pulls the front page down to refresh it. */
  async pullDown(): Promise<void> {
    const box = await this.page.locator('iframe[title="Mini Program"]').boundingBox()
    if (box === null) throw new Error('There is no phone.')
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 3]
    await this.page.mouse.move(x, y)
    await this.page.mouse.down()
    await this.page.mouse.move(x, y + 120, { steps: 4 })
    await this.page.mouse.up()
  }

  /** The id of the newest payment, from the messages. */
  async paymentId(): Promise<string> {
    await this.messages(/Mini Program to Server, request: POST \/payments\/details/)
      .first()
      .click()
    const details = this.page.getByRole('region', { name: 'Message details' })
    const id = /pay_[A-Za-z0-9]+/.exec(await details.innerText())?.[0]
    if (id === undefined) throw new Error('The message contains no payment id.')
    await details.getByRole('button', { name: 'Close details' }).click()
    return id
  }

  /** Leaves the result page for the shop. */
  async backHome(): Promise<void> {
    await this.button(this.#texts.backHome).click()
  }

  /** Leaves the front page for the one below it. */
  async back(): Promise<void> {
    await this.button(this.#texts.back).click()
  }

  /** Ends the phone's session on the server, as its expiry would. */
  async endSession(serverUrl: string): Promise<void> {
    await this.send(serverUrl, '/logout', {})
  }

  /** Sends a request in the phone's session, as another phone of the shopper would. */
  async send(serverUrl: string, path: string, body?: object): Promise<unknown> {
    const stored = await this.page.evaluate(
      () => Object.entries(localStorage).find(([key]) => key.endsWith('tael.session'))?.[1],
    )
    const { token } = Parse(Session, JSON.parse(stored ?? '{}'))
    const answer = await fetch(serverUrl + path, {
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
      },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}.`)
    return answer.json()
  }

  /** Leaves no room in the phone's storage. */
  async fillStorage(): Promise<void> {
    await this.page.evaluate(() => {
      // The playground's page shares the storage of its phone.
      for (let length = 1024 * 1024, key = 0; length >= 1; key += 1) {
        try {
          localStorage.setItem(`full-${key}`, 'x'.repeat(length))
        } catch {
          length = Math.floor(length / 2)
        }
      }
    })
  }

  /** The shopper's orders, newest first. */
  async orders(serverUrl: string): Promise<OrderList['orders']> {
    return Parse(OrderList, await this.send(serverUrl, '/orders')).orders
  }

  /**
   * How much the phone's content has moved by itself since the Mini Program was opened (web.dev,
   * Cumulative Layout Shift): 0.02 is hardly visible.
   */
  async layoutShift(): Promise<number> {
    const frame = this.page.frames().find((each) => each.url().includes('/phone/'))
    if (frame === undefined) throw new Error('There is no phone.')
    return frame.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const observer = new PerformanceObserver((list) => {
            const values = list
              .getEntriesByType('layout-shift')
              .map((entry) => Number(Reflect.get(entry, 'value')))
            resolve(values.reduce((sum, value) => sum + value, 0))
          })
          observer.observe({ type: 'layout-shift', buffered: true })
          // A page has one: the observer calls also where nothing has shifted.
          observer.observe({ type: 'navigation', buffered: true })
        }),
    )
  }

  /** Waits until the phone's front page shows this text. */
  async reads(text: string | RegExp): Promise<void> {
    try {
      await this.phone.getByText(text).filter({ visible: true }).first().waitFor()
    } catch (cause) {
      const shown = await this.phone.locator('body').ariaSnapshot()
      throw new Error(`The phone does not show ${String(text)}, but:\n${shown}`, { cause })
    }
  }

  /** The messages of the diagram with this label. */
  messages(label: string | RegExp): Locator {
    return this.page.getByRole('list', { name: /^Messages/ }).getByRole('button', { name: label })
  }
}
