import { WxElement } from './element.ts'

/** The distance of a swipe that turns to the next item, in px. */
const SWIPE_PX = 40

/** WeChat's default of `interval`. */
const INTERVAL_MS = 5_000

/**
 * `<swiper>` of `<swiper-item>`s: current, autoplay, interval, duration, circular, vertical,
 * indicator-dots; bindchange (developers.weixin.qq.com, swiper).
 */
export class WxSwiper extends WxElement {
  static override readonly observedAttributes = [
    ...WxElement.observedAttributes,
    'current',
    'autoplay',
    'interval',
    'duration',
    'vertical',
    'indicator-dots',
  ]
  readonly #dots = document.createElement('div')
  readonly #watch = new MutationObserver(() => this.#draw())
  #current = 0
  #timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.#dots.part.add('dots')
    this.attachShadow({ mode: 'open' }).append(document.createElement('slot'), this.#dots)
    let startedAt = 0
    const along = ({ clientX, clientY }: PointerEvent): number => (this.has('vertical') ? clientY : clientX)
    this.addEventListener('pointerdown', (event) => {
      startedAt = along(event)
    })
    this.addEventListener('pointerup', (event) => {
      const moved = along(event) - startedAt
      if (Math.abs(moved) >= SWIPE_PX) this.#turn(this.#current - Math.sign(moved), 'touch')
    })
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#watch.observe(this, { childList: true })
    this.#draw()
    this.#play()
  }

  disconnectedCallback(): void {
    this.#watch.disconnect()
    clearInterval(this.#timer)
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value)
    if (name === 'current') this.#current = Number(value ?? 0)
    if (name === 'duration') this.style.setProperty('--swiper-duration', `${Number(value ?? 500)}ms`)
    if (name === 'autoplay' || name === 'interval') this.#play()
    this.#draw()
  }

  #items(): HTMLElement[] {
    return [...this.children].filter((each) => each instanceof HTMLElement)
  }

  #turn(to: number, source: 'touch' | 'autoplay'): void {
    const { length } = this.#items()
    const isCircular = this.has('circular') || source === 'autoplay'
    const next = isCircular ? (to + length) % length : Math.min(length - 1, Math.max(0, to))
    if (length === 0 || next === this.#current) return
    this.#current = next
    this.#draw()
    this.send('change', { current: next, source })
  }

  #play(): void {
    clearInterval(this.#timer)
    if (!this.isConnected || !this.has('autoplay')) return
    const ms = Number(this.getAttribute('interval') ?? INTERVAL_MS)
    this.#timer = setInterval(() => this.#turn(this.#current + 1, 'autoplay'), ms)
  }

  #draw(): void {
    const items = this.#items()
    items.forEach((item, index) => {
      item.style.setProperty('--swiper-offset', `${(index - this.#current) * 100}%`)
      item.inert = index !== this.#current
    })
    const dots = this.has('indicator-dots') ? items : []
    this.#dots.replaceChildren(
      ...dots.map((_, index) => {
        const dot = document.createElement('i')
        dot.part.add(index === this.#current ? 'dot-current' : 'dot')
        return dot
      }),
    )
  }
}
