import { make } from '../dom.ts'
import { WxControl } from './control.ts'

/** Asks the shopper to choose, in WeChat's sheet; resolves with whether they confirmed. */
export type AskChoice = (title: string, fields: readonly HTMLElement[]) => Promise<boolean>

let ask: AskChoice = () => Promise.resolve(false)

/** Sets how pickers ask; the phone has one sheet. */
export function setAskChoice(choice: AskChoice): void {
  ask = choice
}

type Mode = 'selector' | 'multiSelector' | 'time' | 'date' | 'region'

/**
 * `<picker>`: mode, range, range-key, value, start, end, header-text, disabled; bindchange,
 * bindcancel (developers.weixin.qq.com, picker). A region is typed, as the host has no list of them.
 */
export class WxPicker extends WxControl {
  #chosen: unknown

  override connectedCallback(): void {
    if (!this.hasAttribute('role')) this.setAttribute('role', 'button')
    super.connectedCallback()
  }

  static override readonly observedAttributes = [...WxControl.observedAttributes, 'value', 'disabled']

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value)
    if (name === 'value') this.#chosen = this.raw('value')
    if (name === 'disabled') this.setAttribute('aria-disabled', String(this.has('disabled')))
  }

  override get value(): unknown {
    return this.#chosen ?? ''
  }

  override reset(): void {
    this.#chosen = this.raw('value')
  }

  override activate(): void {
    if (!this.has('disabled')) void this.#choose()
  }

  async #choose(): Promise<void> {
    const fields = this.#fields()
    const title = this.getAttribute('header-text') ?? this.textContent.trim()
    if (!(await ask(title, fields))) {
      this.send('cancel', {})
      return
    }
    const values = fields.map(({ value }) => value)
    const isIndex = this.#mode() === 'selector' || this.#mode() === 'multiSelector'
    const chosen: readonly unknown[] = isIndex ? values.map(Number) : values
    const isList = this.#mode() === 'multiSelector' || this.#mode() === 'region'
    this.#chosen = isList ? chosen : chosen[0]
    this.send('change', { value: this.#chosen })
  }

  #mode(): Mode {
    const mode = this.getAttribute('mode')
    return mode === 'multiSelector' || mode === 'time' || mode === 'date' || mode === 'region'
      ? mode
      : 'selector'
  }

  #fields(): (HTMLSelectElement | HTMLInputElement)[] {
    const range = this.raw('range')
    const ranges: unknown[] = Array.isArray(range) ? range : []
    const at = (index: number): unknown => (Array.isArray(this.#chosen) ? this.#chosen[index] : this.#chosen)
    switch (this.#mode()) {
      case 'selector':
        return [this.#list(ranges, at(0))]
      case 'multiSelector':
        return ranges.map((each, index) => this.#list(Array.isArray(each) ? each : [], at(index)))
      case 'region':
        return [0, 1, 2].map((index) => this.#input('text', at(index)))
      case 'time':
      case 'date':
        return [this.#input(this.#mode(), at(0))]
    }
  }

  #list(items: readonly unknown[], chosen: unknown): HTMLSelectElement {
    const key = this.getAttribute('range-key')
    const options = items.map((item, index) => {
      const named: unknown =
        key !== null && typeof item === 'object' && item !== null ? Reflect.get(item, key) : item
      return make('option', '', { value: String(index) }, String(named))
    })
    const list = make('select', 'host-modal-input', {}, ...options)
    list.selectedIndex = Number(chosen ?? 0) || 0
    return list
  }

  #input(type: string, chosen: unknown): HTMLInputElement {
    const limits = { min: this.getAttribute('start') ?? '', max: this.getAttribute('end') ?? '' }
    const input = make('input', 'host-modal-input', { type, ...limits })
    input.value = typeof chosen === 'string' ? chosen : ''
    return input
  }
}
