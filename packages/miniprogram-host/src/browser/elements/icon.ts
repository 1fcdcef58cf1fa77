import { WxElement } from './element.ts'

const GLYPHS = new Map([
  ['success', '✓'],
  ['success_no_circle', '✓'],
  ['cancel', '✕'],
  ['clear', '✕'],
  ['warn', '!'],
  ['info', 'i'],
  ['waiting', '⋯'],
  ['download', '↓'],
  ['search', '⌕'],
])

/** `<icon>`: type, size in px, color (developers.weixin.qq.com, icon). */
export class WxIcon extends WxElement {
  static override readonly observedAttributes = [...WxElement.observedAttributes, 'type', 'size', 'color']

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value)
    switch (name) {
      case 'type':
        this.textContent = GLYPHS.get(value ?? '') ?? ''
        break
      case 'size':
        this.style.setProperty('--icon-size', `${Number.parseFloat(value ?? '23')}px`)
        break
      case 'color':
        this.style.setProperty('--icon-color', value ?? '')
        break
    }
  }
}
