import { assetUrl } from '../assets.ts'
import { WxElement } from './element.ts'

/** `<image>`: src, mode (developers.weixin.qq.com, image). */
export class WxImage extends WxElement {
  static override readonly observedAttributes = [...WxElement.observedAttributes, 'src', 'aria-label']
  readonly #image = document.createElement('img')

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.#image.isConnected) return
    this.#image.alt = this.getAttribute('aria-label') ?? ''
    this.append(this.#image)
    this.#image.addEventListener('load', () =>
      this.send('load', { width: this.#image.naturalWidth, height: this.#image.naturalHeight }),
    )
    this.#image.addEventListener('error', () =>
      this.send('error', { errMsg: `cannot load ${this.getAttribute('src')}` }),
    )
    this.#show()
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value)
    if (name === 'src' && this.isConnected) this.#show()
    if (name === 'aria-label') this.#image.alt = value ?? ''
  }

  #show(): void {
    const source = this.getAttribute('src') ?? ''
    if (source === '') this.#image.removeAttribute('src')
    else this.#image.src = assetUrl(source, unitOf(this))
  }
}

/** The page or component whose template contains an element, by its glass-easel node. */
function unitOf(element: HTMLElement): string {
  const node: unknown = Reflect.get(element, '__wxElement')
  const root: unknown =
    typeof node === 'object' && node !== null ? Reflect.get(node, 'ownerShadowRoot') : null
  if (typeof root !== 'object' || root === null || !('getHostNode' in root)) return ''
  const { getHostNode } = root
  const host: unknown = typeof getHostNode === 'function' ? Reflect.apply(getHostNode, root, []) : null
  return typeof host === 'object' && host !== null && 'is' in host ? String(host.is) : ''
}
