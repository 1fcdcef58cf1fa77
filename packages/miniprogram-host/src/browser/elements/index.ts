import { BOXED_COMPONENTS, HOST_COMPONENTS, WECHAT_COMPONENTS } from '../../components.ts'
import { WxBoxed } from './boxed.ts'
import { WxButton } from './button.ts'
import { tappedControl } from './control.ts'
import { WxElement } from './element.ts'
import { submitOrReset } from './form.ts'
import { WxIcon } from './icon.ts'
import { WxImage } from './image.ts'
import { WxInput, WxTextarea } from './input.ts'
import { WxNavigator } from './navigator.ts'
import { type AskChoice, setAskChoice, WxPicker } from './picker.ts'
import { WxRichText } from './rich-text.ts'
import { WxScrollView } from './scroll-view.ts'
import { WxProgress, WxSlider } from './slider.ts'
import { WxSwiper } from './swiper.ts'
import { WxCheckbox, WxCheckboxGroup, WxRadio, WxRadioGroup, WxSwitch } from './toggles.ts'

const OWN = new Map<string, CustomElementConstructor>([
  ['button', WxButton],
  ['checkbox', WxCheckbox],
  ['checkbox-group', WxCheckboxGroup],
  ['icon', WxIcon],
  ['cover-image', class extends WxImage {}],
  ['image', WxImage],
  ['input', WxInput],
  ['navigator', WxNavigator],
  ['picker', WxPicker],
  ['progress', WxProgress],
  ['radio', WxRadio],
  ['radio-group', WxRadioGroup],
  ['rich-text', WxRichText],
  ['scroll-view', WxScrollView],
  ['slider', WxSlider],
  ['swiper', WxSwiper],
  ['switch', WxSwitch],
  ['textarea', WxTextarea],
])

/**
 * Defines `<view>` as the custom element `<wx-view>` and so on, once per document. `ask` shows the
 * sheet of a picker; `boxedTags` are components that the host lacks.
 */
export function defineElements(ask: AskChoice, boxedTags: readonly string[]): void {
  setAskChoice(ask)
  for (const name of boxedTags)
    if (customElements.get(`wx-${name}`) === undefined && !WECHAT_COMPONENTS.includes(name))
      customElements.define(`wx-${name}`, class extends WxBoxed {})
  if (customElements.get('wx-view') !== undefined) return
  for (const name of HOST_COMPONENTS)
    customElements.define(`wx-${name}`, OWN.get(name) ?? class extends WxElement {})
  for (const name of BOXED_COMPONENTS) customElements.define(`wx-${name}`, class extends WxBoxed {})
}

/**
 * The default action of a tap: a button submits or resets its form, a control or its label is
 * activated, a navigator opens its page.
 */
export function defaultAction(target: Element, navigate: (navigator: WxNavigator) => void): void {
  const button = target.closest('wx-button[form-type]')
  if (button !== null) submitOrReset(button)
  const navigator = target.closest('wx-navigator')
  if (navigator instanceof WxNavigator) navigate(navigator)
  tappedControl(target)?.activate()
}
