import { glassEasel } from 'glass-easel-miniprogram-adapter'

type AfterTap = (target: Element) => void
type BackendListener = Parameters<Parameters<glassEasel.CurrentWindowBackendContext['onEvent']>[0]>

const CONTROLS = 'wx-button, wx-picker, wx-checkbox, wx-radio, wx-switch'

/** Whether it belongs to a disabled control; a view with aria-disabled is only spoken as one. */
function isDisabled(element: Element): boolean {
  return element.closest(CONTROLS)?.getAttribute('aria-disabled') === 'true'
}

/**
 * Passes an event of the document to the Mini Program, with the `detail` of a built-in element's
 * CustomEvent. Ignores taps on disabled controls.
 */
export function dispatchEvent(
  ...[target, type, detail, options, afterTap]: [...BackendListener, AfterTap]
): void {
  const original = options.originalEvent
  const element =
    original instanceof Event && original.target instanceof Element ? original.target : undefined
  if (type === 'tap' && element !== undefined && isDisabled(element)) return
  const sent: unknown = original instanceof CustomEvent ? original.detail : detail
  glassEasel.triggerEvent(target, type, sent, options)
  if (type === 'tap' && element !== undefined) afterTap(element)
}

/** Makes Enter and the space bar tap the focused element. */
export function tapByKeyboard(screens: HTMLElement, afterTap: AfterTap): void {
  screens.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    const element = event.target
    if (!(element instanceof HTMLElement) || !element.tagName.startsWith('WX-')) return
    event.preventDefault()
    if (isDisabled(element)) return
    const node: unknown = Reflect.get(element, '__wxElement')
    if (!(node instanceof glassEasel.Element)) return
    const { x, y } = element.getBoundingClientRect()
    glassEasel.triggerEvent(node, 'tap', { x, y }, { bubbles: true, composed: true })
    afterTap(element)
  })
}
