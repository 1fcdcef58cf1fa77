import { WxElement } from './element.ts'

/** A component whose value a form collects under its `name`. */
export abstract class WxControl extends WxElement {
  abstract get value(): unknown
  abstract reset(): void
  /** What a tap on it, or on its label, does. */
  activate(): void {}
}

/** The control that a tap on `target` activates: itself, or the one of its label. */
export function tappedControl(target: Element): WxControl | undefined {
  const own = target.closest('wx-checkbox, wx-radio, wx-switch, wx-picker, wx-input, wx-textarea, wx-slider')
  if (own instanceof WxControl) return own
  if (target.closest('wx-button') !== null) return undefined
  const label = target.closest('wx-label')
  const id = label?.getAttribute('for') ?? ''
  const root = id === '' ? label : label?.closest('wx-page')
  const found = [...(root?.querySelectorAll('*') ?? [])].find(
    (each) => each instanceof WxControl && (id === '' || each.id === id || each.id.endsWith(`--${id}`)),
  )
  return found instanceof WxControl ? found : undefined
}
