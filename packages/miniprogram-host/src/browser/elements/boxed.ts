import { WxElement } from './element.ts'

/** The event by which a box reports its component's name, once it is drawn. */
export const BOXED_EVENT = 'host-boxed'

/** A component of WeChat that the host cannot draw: a box with its name, around its content. */
export class WxBoxed extends WxElement {
  override connectedCallback(): void {
    super.connectedCallback()
    const name = this.localName.replace(/^wx-/, '')
    this.dataset['boxed'] = `<${name}>`
    document.dispatchEvent(new CustomEvent(BOXED_EVENT, { detail: name }))
  }
}
