import { Parse } from '@sinclair/typebox/value'
import { OrderList, Session } from '@tael/contracts'
import type { FrameLocator, Locator, Page } from 'playwright-core'

export type Language = 'English' | '中文'

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

  /** Chooses the scenario of the next payments. The simulator has it then. */
  async chooseScenario(label: string): Promise<void> {
    const list = this.page.getByRole('combobox', { name: 'Scenario' })
    // The page chooses one itself before it offers any.
    await list.getByRole('option', { name: label, exact: true }).waitFor({ state: 'attached' })
    const chosen = this.page.waitForResponse(
      (answer) => answer.request().method() === 'PUT' && answer.url().endsWith('/simulator/scenario'),
    )
    await list.selectOption({ label })
    await chosen
  }

  async chooseNetwork(label: string): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Network' }).selectOption({ label })
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

  /** Leaves the cashier unpaid. It closes at WeChat's answer; until then it takes what is tapped on the phone. */
  async cancelAtCashier(): Promise<void> {
    await this.cashier.getByRole('button', { name: this.#texts.cashier.cancel, exact: true }).click()
    await this.cashier.waitFor({ state: 'detached' })
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
