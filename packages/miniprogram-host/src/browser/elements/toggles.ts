import { WxControl } from './control.ts'

/** A control that is checked or not: `checked`, `disabled`, `value`. */
abstract class WxToggle extends WxControl {
  static override readonly observedAttributes = [
    ...WxControl.observedAttributes,
    'checked',
    'disabled',
    'color',
  ]
  /** Its role for assistive technology. */
  protected abstract readonly kind: string
  #checked = false

  override connectedCallback(): void {
    if (!this.hasAttribute('role')) this.setAttribute('role', this.kind)
    super.connectedCallback()
    this.#draw()
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value)
    if (name === 'checked') this.checked = this.has('checked')
    if (name === 'disabled') this.setAttribute('aria-disabled', String(this.has('disabled')))
    if (name === 'color' && value !== null) this.style.setProperty('--toggle-color', value)
  }

  get checked(): boolean {
    return this.#checked
  }

  set checked(checked: boolean) {
    this.#checked = checked
    this.#draw()
  }

  override get value(): unknown {
    return this.getAttribute('value') ?? ''
  }

  override reset(): void {
    this.checked = false
  }

  protected isDisabled(): boolean {
    return this.has('disabled')
  }

  #draw(): void {
    if (this.isConnected) this.setAttribute('aria-checked', String(this.#checked))
  }
}

/** `<checkbox>`, in a `<checkbox-group>` (developers.weixin.qq.com, checkbox). */
export class WxCheckbox extends WxToggle {
  protected override readonly kind = 'checkbox'

  override activate(): void {
    if (this.isDisabled()) return
    this.checked = !this.checked
    const group = this.closest('wx-checkbox-group')
    if (group instanceof WxCheckboxGroup) group.changed()
  }
}

/** `<radio>`, in a `<radio-group>` (developers.weixin.qq.com, radio). */
export class WxRadio extends WxToggle {
  protected override readonly kind = 'radio'

  override activate(): void {
    if (this.isDisabled() || this.checked) return
    const group = this.closest('wx-radio-group')
    for (const other of group?.querySelectorAll('wx-radio') ?? [])
      if (other instanceof WxRadio) other.checked = other === this
    this.checked = true
    if (group instanceof WxRadioGroup) group.changed()
  }
}

/** `<switch>`: checked, disabled, `type` of switch or checkbox, color. */
export class WxSwitch extends WxToggle {
  protected override readonly kind = 'switch'

  override get value(): boolean {
    return this.checked
  }

  override activate(): void {
    if (this.isDisabled()) return
    this.checked = !this.checked
    this.send('change', { value: this.checked })
  }
}

abstract class WxGroup extends WxControl {
  changed(): void {
    this.send('change', { value: this.value })
  }

  override reset(): void {
    for (const each of this.querySelectorAll('wx-checkbox, wx-radio'))
      if (each instanceof WxToggle) each.reset()
  }

  protected checkedValues(): readonly unknown[] {
    return [...this.querySelectorAll('wx-checkbox, wx-radio')].flatMap((each) =>
      each instanceof WxToggle && each.checked ? [each.value] : [],
    )
  }
}

export class WxCheckboxGroup extends WxGroup {
  override get value(): readonly unknown[] {
    return this.checkedValues()
  }
}

export class WxRadioGroup extends WxGroup {
  override connectedCallback(): void {
    if (!this.hasAttribute('role')) this.setAttribute('role', 'radiogroup')
    super.connectedCallback()
  }

  override get value(): unknown {
    return this.checkedValues()[0] ?? ''
  }
}
