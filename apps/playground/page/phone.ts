import { shopName } from '@tael/miniprogram/merchant'
import { make } from '@tael/miniprogram-host/dom'
import { openPhone, type Phone, type PhoneMessage, type PhoneSettings } from '@tael/miniprogram-host/embedder'
import { createSheet } from './cashier/sheet.ts'
import { issueLoginCode, openCashier, tapCashier } from './simulator.ts'

/** The frame around the phone's screen, in px. */
const FRAME = 14

/** A phone's screen, in px. */
export interface ScreenSize {
  readonly width: number
  readonly height: number
}

export type PhoneState = 'front' | 'background' | 'killed'

/** What the cashier does; `password` asks for it. */
export type CashierStep = 'opened' | 'password' | 'closed'

export interface PhoneViewOptions {
  readonly parent: HTMLElement
  readonly size: ScreenSize
  /** The name of the phone's shopper; each name has its own openid. */
  readonly shopper: () => string
  /** The title of the cashier; by default that of Tael's shop. */
  readonly shopName?: string | undefined
  readonly onState: (state: PhoneState) => void
  /** `phone` is the number of the phone since the page was loaded. */
  readonly onMessage: (message: PhoneMessage, phone: number) => void
  readonly onCashier: (step: CashierStep) => void
  readonly onError: (error: unknown) => void
}

/** The phone on the page: the Mini Program in its frame, and WeChat's cashier over it. */
export class PhoneView {
  readonly #options: PhoneViewOptions
  readonly #screen = make('div', 'phone-screen')
  readonly #cover = make('p', 'phone-cover', { role: 'status' })
  #phone: Phone | undefined
  #opened = 0
  #state: PhoneState = 'killed'

  constructor(options: PhoneViewOptions) {
    this.#options = options
    this.#cover.hidden = true
    this.#screen.append(this.#cover)
    const island = make('i', 'phone-island', { 'aria-hidden': 'true' })
    const body = make('div', 'phone', {}, this.#screen, island)
    const box = make('div', 'phone-box', {}, body)
    options.parent.append(box)
    box.style.setProperty('--phone-width', `${options.size.width}px`)
    box.style.setProperty('--phone-height', `${options.size.height}px`)
    fit(options.parent, box, options.size)
  }

  open(settings: PhoneSettings): void {
    this.kill()
    this.#opened += 1
    this.#screen.dataset['theme'] = settings.theme
    const opened = this.#opened
    this.#phone = openPhone({
      container: this.#screen,
      src: 'phone/index.html',
      title: 'Mini Program',
      settings,
      onMessage: (message, phone) => {
        this.#options.onMessage(message, opened)
        if (message.type === 'login') void this.#login(phone, message.id)
        if (message.type === 'requestPayment') void this.#pay(phone, settings, message.id, message.parameters)
      },
    })
    this.#setState('front')
  }

  send: Phone['send'] = (message) => {
    if (message.type === 'setTheme') this.#screen.dataset['theme'] = message.theme
    this.#phone?.send(message)
  }

  background(): void {
    this.send({ type: 'background' })
    this.#setState('background')
  }

  foreground(): void {
    this.send({ type: 'foreground' })
    this.#setState('front')
  }

  /** Also closes the cashier, without a callback (developers.weixin.qq.com/community, pay). */
  kill(): void {
    this.#phone?.kill()
    this.#phone = undefined
    this.#screen.querySelector('.cashier')?.remove()
    this.#setState('killed')
  }

  #setState(state: PhoneState): void {
    const texts = { front: '', background: 'In the background', killed: 'The app is closed' }
    this.#cover.textContent = texts[state]
    this.#cover.hidden = state === 'front'
    this.#cover.dataset['state'] = state
    this.#state = state
    this.#blockCovered()
    this.#options.onState(state)
  }

  /** Blocks taps and focus on the app under the cashier, and on both under the cover. */
  #blockCovered(): void {
    const sheet = this.#screen.querySelector('.cashier')
    const left = this.#state === 'background'
    this.#screen.querySelector('iframe')?.toggleAttribute('inert', left || sheet !== null)
    sheet?.toggleAttribute('inert', left)
  }

  async #login(phone: Phone, id: number): Promise<void> {
    try {
      phone.send({ type: 'settleLogin', id, code: await issueLoginCode(this.#options.shopper()) })
    } catch (error) {
      this.#options.onError(error)
      phone.send({ type: 'failLogin', id, reason: 'system error' })
    }
  }

  async #pay(
    phone: Phone,
    { appId, language }: PhoneSettings,
    id: number,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const settle = (errMsg: string): void => phone.send({ type: 'settlePayment', id, errMsg })
    try {
      const cashier = await openCashier(appId, parameters)
      if ('errMsg' in cashier) {
        settle(cashier.errMsg)
        return
      }
      // The app may have been killed before the cashier opened.
      if (this.#phone !== phone) return
      phone.send({ type: 'cashierOpened', id })
      const sheet = createSheet({
        cashier,
        language,
        shop: this.#options.shopName ?? shopName[language === 'zh_CN' ? 'zh-CN' : 'en'],
        pay: () => tapCashier(cashier.prepayId, 'pay'),
        cancel: () => tapCashier(cashier.prepayId, 'cancel'),
        onPassword: () => this.#options.onCashier('password'),
        closed: (errMsg) => {
          this.#options.onCashier('closed')
          this.#blockCovered()
          settle(errMsg)
          // Focus lays out the page first: the phone need not wait for it.
          setTimeout(() => phone.frame.focus())
        },
        failed: (error) => {
          this.#options.onCashier('closed')
          this.#options.onError(error)
          sheet.remove()
          this.#blockCovered()
          settle('requestPayment:fail system error')
        },
      })
      this.#screen.append(sheet)
      this.#options.onCashier('opened')
      this.#blockCovered()
    } catch (error) {
      this.#options.onError(error)
      settle('requestPayment:fail system error')
    }
  }
}

/**
 * Scales the phone to its parent, up to its real size. Width and position are whole pixels, so that
 * no line of the background shows at the edges of the iframe.
 */
function fit(parent: HTMLElement, box: HTMLElement, { width: full, height }: ScreenSize): void {
  new ResizeObserver(() => {
    const { clientWidth, clientHeight } = parent
    const room = Math.min(
      1,
      clientWidth / (full + 2 * FRAME),
      Math.max(clientHeight, 480) / (height + 2 * FRAME),
    )
    const width = Math.floor(full * room)
    const scale = width / full
    box.style.setProperty('--scale', String(scale))
    box.style.width = `${width}px`
    box.style.height = `${height * scale}px`
    box.style.marginLeft = `${Math.floor((clientWidth - width) / 2)}px`
    box.style.marginTop = `${Math.max(FRAME, Math.floor((clientHeight - height * scale) / 2))}px`
  }).observe(parent)
}
