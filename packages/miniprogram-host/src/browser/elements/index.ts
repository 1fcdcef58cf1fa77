import { HOST_COMPONENTS } from '../../components.ts'
import { WxButton } from './button.ts'
import { WxElement } from './element.ts'
import { WxIcon } from './icon.ts'
import { WxImage } from './image.ts'
import { WxInput, WxTextarea } from './input.ts'
import { WxScrollView } from './scroll-view.ts'

const OWN = new Map<string, CustomElementConstructor>([
  ['button', WxButton],
  ['icon', WxIcon],
  ['image', WxImage],
  ['input', WxInput],
  ['scroll-view', WxScrollView],
  ['textarea', WxTextarea],
])

/** Defines `<view>` as the custom element `<wx-view>` and so on, once per document. */
export function defineElements(): void {
  if (customElements.get('wx-view') !== undefined) return
  for (const name of HOST_COMPONENTS)
    customElements.define(`wx-${name}`, OWN.get(name) ?? class extends WxElement {})
}

/**
 * The default action of a tap: a button submits or resets its form, a label focuses its control, a
 * navigator opens its page.
 */
export function defaultAction(target: Element, navigate: (openType: string, url: string) => void): void {
  const button = target.closest('wx-button[form-type]')
  const form = button?.closest('wx-form') ?? null
  if (form !== null) form.dispatchEvent(formEvent(form, button?.getAttribute('form-type') === 'reset'))

  const navigator = target.closest('wx-navigator')
  if (navigator !== null)
    navigate(navigator.getAttribute('open-type') ?? 'navigate', navigator.getAttribute('url') ?? '')

  if (target.closest('wx-input, wx-textarea, wx-button') === null)
    target.closest('wx-label')?.querySelector<HTMLElement>('input, textarea')?.focus()
}

function formEvent(form: Element, reset: boolean): CustomEvent {
  const controls = [...form.querySelectorAll('wx-input[name], wx-textarea[name]')].filter(
    (control) => control instanceof WxInput || control instanceof WxTextarea,
  )
  if (reset) for (const control of controls) control.setAttribute('value', '')
  const value = Object.fromEntries(controls.map((control) => [control.getAttribute('name'), control.value]))
  return new CustomEvent(reset ? 'reset' : 'submit', { detail: { value } })
}
