import { WxElement } from './element.ts'

const NEAR_END_PX = 50

/** `<scroll-view>`: scroll-x, scroll-y, scroll-top, scroll-left, bindscrolltolower. */
export class WxScrollView extends WxElement {
  static override readonly observedAttributes = [...WxElement.observedAttributes, 'scroll-top', 'scroll-left']
  #atEnd = false

  constructor() {
    super()
    this.addEventListener('scroll', () => {
      const atEnd =
        this.scrollTop + this.clientHeight >= this.scrollHeight - NEAR_END_PX &&
        this.scrollLeft + this.clientWidth >= this.scrollWidth - NEAR_END_PX
      if (atEnd && !this.#atEnd)
        this.send('scrolltolower', { direction: this.has('scroll-x') ? 'right' : 'bottom' })
      this.#atEnd = atEnd
    })
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value)
    if (name === 'scroll-top') this.scrollTop = Number(value)
    if (name === 'scroll-left') this.scrollLeft = Number(value)
  }
}
