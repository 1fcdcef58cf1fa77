import { WxControl } from './control.ts'

/** `<input>` and `<textarea>`: a browser control, whose events are dispatched in WeChat's form. */
abstract class WxTextControl extends WxControl {
  static override readonly observedAttributes = [
    ...WxControl.observedAttributes,
    'value',
    'placeholder',
    'maxlength',
    'disabled',
    'focus',
    'type',
    'password',
    'aria-label',
  ]
  protected abstract readonly control: HTMLInputElement | HTMLTextAreaElement

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.control.isConnected) return
    this.append(this.control)
    for (const type of ['input', 'focus', 'blur'])
      this.control.addEventListener(type, (event) => {
        event.stopPropagation()
        this.send(type, { value: this.control.value, cursor: this.control.selectionStart ?? 0 })
      })
    this.control.addEventListener('change', (event) => event.stopPropagation())
    this.control.addEventListener('keydown', (event) => {
      // In a textarea Enter is a line of text.
      if (event instanceof KeyboardEvent && event.key === 'Enter' && this.control instanceof HTMLInputElement)
        this.send('confirm', { value: this.control.value })
    })
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value)
    switch (name) {
      case 'value':
        if (this.control.value !== (value ?? '')) this.control.value = value ?? ''
        break
      case 'placeholder':
        this.control.placeholder = value ?? ''
        break
      case 'maxlength':
        // -1 means no limit (developers.weixin.qq.com, input).
        if (Number(value) >= 0) this.control.maxLength = Number(value)
        else this.control.removeAttribute('maxlength')
        break
      case 'aria-label':
        this.control.setAttribute('aria-label', value ?? '')
        break
      case 'disabled':
        this.control.disabled = this.has('disabled')
        break
      case 'focus':
        if (this.has('focus')) this.control.focus()
        break
      case 'type':
      case 'password':
        this.applyType()
        break
    }
  }

  override get value(): string {
    return this.control.value
  }

  override reset(): void {
    this.setAttribute('value', '')
  }

  override activate(): void {
    this.control.focus()
  }

  protected applyType(): void {}
}

export class WxInput extends WxTextControl {
  protected readonly control = document.createElement('input')

  /** `type` chooses the phone's keyboard. */
  protected override applyType(): void {
    const keyboards = new Map([
      ['number', 'numeric'],
      ['digit', 'decimal'],
      ['idcard', 'text'],
    ])
    this.control.type = this.has('password') ? 'password' : 'text'
    this.control.inputMode = keyboards.get(this.getAttribute('type') ?? 'text') ?? 'text'
  }
}

export class WxTextarea extends WxTextControl {
  protected readonly control = document.createElement('textarea')
}
