import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Stack, startStack } from '@tael/stack'
import { launchBrowser } from '@tael/stack/browser'
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core'

/** All of Tael, and a browser in front of it. */
export interface Stage {
  readonly stack: Stack
  /** A new visitor of the playground, with a phone nobody used before. */
  visit(options?: VisitOptions): Promise<Playground>
  close(): Promise<void>
}

export interface VisitOptions {
  readonly language?: Language
  readonly theme?: 'Light' | 'Dark'
  readonly scenario?: string
  readonly size?: { readonly width: number; readonly height: number }
  /** The phone's screen: `320x568`. */
  readonly screen?: string
  readonly textScale?: number
}

export type Language = 'English' | '中文'

/** Delays and webhook retries of the simulator run this many times faster. */
const SPEED = '10'
const WAIT_MS_MAX = 12_000

export async function openStage(): Promise<Stage> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tael-e2e-'))
  // Run as root, PostgreSQL gets a user of its own, who must be able to reach its folder.
  await chmod(dataDir, 0o755)
  const stack = await startStack({ server: { DATA_DIR: dataDir }, simulator: { SIMULATOR_SPEED: SPEED } })
  const browser = await launchBrowser()
  return {
    stack,
    visit: (options = {}) => visit(browser, stack.playground.url, options),
    async close() {
      await browser.close()
      await stack.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function visit(browser: Browser, url: string, options: VisitOptions): Promise<Playground> {
  const { language = 'English', theme = 'Light', scenario = 'By amount', screen, textScale } = options
  const context = await browser.newContext({ viewport: options.size ?? { width: 1400, height: 950 } })
  context.setDefaultTimeout(WAIT_MS_MAX)
  const page = await context.newPage()
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

/** What a shopper reads and taps, in each language. */
const words = {
  English: {
    add: /^Add one: /,
    home: /Shop/,
    cart: /Cart/,
    orders: /Orders/,
    pay: 'Pay with WeChat Pay',
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
    pay: '微信支付',
    cashier: { dialog: '微信支付', pay: '立即支付', done: '完成', cancel: '取消' },
    payAgain: '重新支付',
    viewOrder: '查看订单',
    backHome: '返回首页',
    back: '返回',
  },
} as const

/** The playground's page, as someone uses it: the phone, its cashier, the tools around it. */
export class Playground {
  readonly page: Page
  readonly phone: FrameLocator
  readonly #words: (typeof words)[Language]

  constructor(page: Page, language: Language) {
    this.page = page
    this.phone = page.frameLocator('iframe[title="Mini Program"]')
    this.#words = words[language]
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
    await this.phone.getByRole('button', { name: this.#words.add }).nth(product).click()
  }

  async openTab(tab: 'home' | 'cart' | 'orders'): Promise<void> {
    await this.phone.getByRole('navigation').getByRole('button', { name: this.#words[tab] }).click()
  }

  /** Puts one piece into the cart and taps pay. */
  async checkOut(product = 0): Promise<void> {
    await this.addToCart(product)
    await this.openTab('cart')
    await this.pay()
  }

  /** Taps the pay button of the cart. */
  async pay(): Promise<void> {
    await this.button(this.#words.pay).click()
  }

  get cashier(): Locator {
    return this.page.getByRole('dialog', { name: this.#words.cashier.dialog })
  }

  /** Types a password into the cashier; the money moves with its last digit. */
  async enterPassword(): Promise<void> {
    await this.cashier.getByRole('button', { name: this.#words.cashier.pay, exact: true }).click()
    for (const digit of '123456') await this.cashier.getByRole('button', { name: digit, exact: true }).click()
  }

  async payAtCashier(): Promise<void> {
    await this.enterPassword()
    await this.done()
  }

  /** Taps Done, which is when `wx.requestPayment` comes back. */
  async done(): Promise<void> {
    await this.cashier.getByRole('button', { name: this.#words.cashier.done, exact: true }).click()
  }

  async cancelAtCashier(): Promise<void> {
    await this.cashier.getByRole('button', { name: this.#words.cashier.cancel, exact: true }).click()
  }

  async payAgain(): Promise<void> {
    await this.button(this.#words.payAgain).click()
  }

  async viewOrder(): Promise<void> {
    await this.button(this.#words.viewOrder).click()
  }

  /** Leaves the result page for the shop. */
  async backHome(): Promise<void> {
    await this.button(this.#words.backHome).click()
  }

  /** Leaves the page in front for the one below it. */
  async back(): Promise<void> {
    await this.button(this.#words.back).click()
  }

  /** Ends the phone's session behind its back, as its time would. */
  async endSession(serverUrl: string): Promise<void> {
    const stored = await this.page.evaluate(() => JSON.stringify(Object.entries(localStorage)))
    const token = /[A-Za-z0-9_-]{43}/.exec(stored)?.[0]
    const ended = await fetch(`${serverUrl}/logout`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })
    if (!ended.ok) throw new Error(`The session could not be ended: HTTP ${ended.status}.`)
  }

  /** Waits until the phone shows this text, on the page in front and not on one below it. */
  async reads(text: string | RegExp): Promise<void> {
    try {
      await this.phone.getByText(text).filter({ visible: true }).first().waitFor()
    } catch (cause) {
      const shown = await this.phone.locator('body').ariaSnapshot()
      throw new Error(`The phone does not show ${String(text)}, but:\n${shown}`, { cause })
    }
  }

  /** How many messages of the diagram have this label. */
  messages(label: string | RegExp): Locator {
    return this.page.getByRole('list', { name: /^Messages/ }).getByRole('button', { name: label })
  }
}
