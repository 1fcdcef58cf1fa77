import { WxControl } from './control.ts'
import { WxElement } from './element.ts'

/** `<slider>`: min, max, step, value, disabled, show-value; bindchange, bindchanging. */
export class WxSlider extends WxControl {
  static override readonly observedAttributes = [
    ...WxControl.observedAttributes,
    'min',
    'max',
    'step',
    'value',
    'disabled',
    'aria-label',
  ]
  readonly #range = document.createElement('input')
  readonly #shown = document.createElement('output')

  constructor() {
    super()
    this.#range.type = 'range'
    for (const [native, type] of [
      ['input', 'changing'],
      ['change', 'change'],
    ] as const)
      this.#range.addEventListener(native, (event) => {
        event.stopPropagation()
        this.#show()
        this.send(type, { value: this.value })
      })
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (!this.#range.isConnected) this.append(this.#range, this.#shown)
    this.#show()
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value)
    if (['min', 'max', 'step', 'value', 'aria-label'].includes(name))
      this.#range.setAttribute(name, value ?? '')
    if (name === 'value') this.#range.value = value ?? '0'
    if (name === 'disabled') this.#range.disabled = this.has('disabled')
    this.#show()
  }

  override get value(): number {
    return Number(this.#range.value)
  }

  override reset(): void {
    this.#range.value = this.getAttribute('value') ?? this.#range.min
    this.#show()
  }

  #show(): void {
    this.#shown.hidden = !this.has('show-value')
    this.#shown.value = this.#range.value
  }
}

/** `<progress>`: percent, show-info, stroke-width in px, activeColor, backgroundColor. */
export class WxProgress extends WxElement {
  static override readonly observedAttributes = [
    ...WxElement.observedAttributes,
    'percent',
    'stroke-width',
    'activecolor',
    'backgroundcolor',
  ]

  override connectedCallback(): void {
    if (!this.hasAttribute('role')) this.setAttribute('role', 'progressbar')
    super.connectedCallback()
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value)
    if (name === 'percent') {
      const percent = Math.min(100, Math.max(0, Number(value) || 0))
      this.style.setProperty('--progress', `${percent}%`)
      this.setAttribute('aria-valuenow', String(percent))
    }
    if (name === 'stroke-width') this.style.setProperty('--progress-width', `${Number(value)}px`)
    if (name === 'activecolor' && value !== null) this.style.setProperty('--progress-color', value)
    if (name === 'backgroundcolor' && value !== null) this.style.setProperty('--progress-ground', value)
  }
}
