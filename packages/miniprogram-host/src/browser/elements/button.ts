import { WxElement } from './element.ts'

/** `<button>` with disabled and loading; the rest is CSS (developers.weixin.qq.com, button). */
export class WxButton extends WxElement {
  static override readonly observedAttributes = [...WxElement.observedAttributes, 'disabled', 'loading']

  override connectedCallback(): void {
    if (!this.hasAttribute('role')) this.setAttribute('role', 'button')
    super.connectedCallback()
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value)
    if (name === 'disabled') this.setAttribute('aria-disabled', String(this.has('disabled')))
    if (name === 'loading') this.setAttribute('aria-busy', String(this.has('loading')))
  }
}
