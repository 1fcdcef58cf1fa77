import { glassEasel } from 'glass-easel-miniprogram-adapter'

type AfterTap = (target: Element) => void
type BackendListener = Parameters<Parameters<glassEasel.CurrentWindowBackendContext['onEvent']>[0]>

/**
 * Hands an event of the document to the Mini Program. Built-in elements send theirs as CustomEvents whose `detail` is
 * the Mini Program's. A disabled button takes no tap.
 */
export function dispatchEvent(
  ...[target, type, detail, options, afterTap]: [...BackendListener, AfterTap]
): void {
  const original = options.originalEvent
  const element =
    original instanceof Event && original.target instanceof Element ? original.target : undefined
  if (type === 'tap' && element?.closest('[aria-disabled="true"]')) return
  const sent: unknown = original instanceof CustomEvent ? original.detail : detail
  glassEasel.triggerEvent(target, type, sent, options)
  if (type === 'tap' && element !== undefined) afterTap(element)
}

/** Enter and the space bar tap what has the focus, so that the Mini Program can be used without a pointer. */
export function tapByKeyboard(screens: HTMLElement, afterTap: AfterTap): void {
  screens.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    const element = event.target
    if (!(element instanceof HTMLElement) || !element.tagName.startsWith('WX-')) return
    event.preventDefault()
    if (element.closest('[aria-disabled="true"]')) return
    const node: unknown = Reflect.get(element, '__wxElement')
    if (!(node instanceof glassEasel.Element)) return
    const { x, y } = element.getBoundingClientRect()
    glassEasel.triggerEvent(node, 'tap', { x, y }, { bubbles: true, composed: true })
    afterTap(element)
  })
}
