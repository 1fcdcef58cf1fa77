import { assetUrl } from './assets.ts'
import { make } from './dom.ts'
import type { Words } from './words.ts'

export interface Toast {
  readonly text: string
  readonly icon: 'success' | 'error' | 'loading' | 'none'
  readonly image?: string | undefined
  /** Whether it blocks taps on the page. */
  readonly mask: boolean
  /** Without it the toast stays until `hideToast`. */
  readonly durationMs?: number
}

export interface Modal {
  readonly title: string
  readonly content: string
  readonly showCancel: boolean
  readonly confirmText?: string | undefined
  readonly cancelText?: string | undefined
  readonly confirmColor?: string | undefined
  readonly cancelColor?: string | undefined
  /** With a text field, which `content` fills. */
  readonly editable: boolean
  readonly placeholder?: string | undefined
}

export interface ActionSheet {
  readonly alertText: string
  readonly items: readonly string[]
  readonly itemColor?: string | undefined
}

/** WeChat's overlays: one toast or loading indicator at a time, and modal dialogs. */
export interface Overlays {
  showToast(toast: Toast): void
  hideToast(): void
  /** Resolves with the shopper's answer. */
  showModal(modal: Modal): Promise<{ readonly confirm: boolean; readonly content: string }>
  /** Resolves with the index of the item that the shopper chose; undefined where they chose none. */
  showActionSheet(sheet: ActionSheet): Promise<number | undefined>
  /** Shows fields to choose from; resolves with whether the shopper confirmed. */
  showChoice(title: string, fields: readonly HTMLElement[]): Promise<boolean>
}

export function createOverlays(parent: HTMLElement, words: Words): Overlays {
  let toast: HTMLElement | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const hideToast = (): void => {
    clearTimeout(timer)
    toast?.remove()
    toast = undefined
  }
  return {
    hideToast,
    showToast: ({ text, icon, image, mask, durationMs }) => {
      hideToast()
      const picture =
        image === undefined
          ? make('span', 'host-toast-icon', { 'data-icon': icon, 'aria-hidden': 'true' })
          : make('img', 'host-toast-image', { alt: '', src: assetUrl(image, 'app') })
      const box = make('div', 'host-toast', { role: 'status' }, picture, make('span', '', {}, text))
      toast = make('div', mask ? 'host-overlay' : 'host-overlay host-overlay-open', {}, box)
      parent.append(toast)
      if (durationMs !== undefined) timer = setTimeout(hideToast, durationMs)
    },
    showModal: (modal) => openModal(parent, words, modal),
    showActionSheet: (sheet) => openActionSheet(parent, words, sheet),
    showChoice: async (title, fields) => {
      const modal = { title, content: '', showCancel: true, editable: false }
      return (await openModal(parent, words, modal, fields)).confirm
    },
  }
}

/** A sheet from below. A tap beside it chooses none, like its last button. */
function openActionSheet(parent: HTMLElement, words: Words, { alertText, items, itemColor }: ActionSheet) {
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  const before = document.activeElement
  const answer = (index: number | undefined): void => {
    overlay.remove()
    if (before instanceof HTMLElement) before.focus()
    resolve(index)
  }
  const button = (text: string, index: number | undefined) => {
    const element = make('button', 'host-sheet-button', { type: 'button' }, text)
    if (index !== undefined && itemColor !== undefined) element.style.color = itemColor
    element.addEventListener('click', () => answer(index))
    return element
  }
  const alert = alertText === '' ? [] : [make('p', 'host-sheet-alert', {}, alertText)]
  const buttons = items.map(button)
  const overlay = make(
    'div',
    'host-overlay host-overlay-dim host-overlay-low',
    {},
    make(
      'div',
      'host-sheet',
      { role: 'dialog', 'aria-modal': 'true', 'aria-label': alertText === '' ? items.join(', ') : alertText },
      ...alert,
      ...buttons,
      button(words.cancel, undefined),
    ),
  )
  overlay.addEventListener('click', ({ target }) => {
    if (target === overlay) answer(undefined)
  })
  parent.append(overlay)
  buttons[0]?.focus()
  return promise
}

let modals = 0

function openModal(parent: HTMLElement, words: Words, modal: Modal, fields: readonly HTMLElement[] = []) {
  const { promise, resolve } = Promise.withResolvers<{ confirm: boolean; content: string }>()
  modals += 1
  const titleId = `host-modal-${modals}`
  const input = make('input', 'host-modal-input', { placeholder: modal.placeholder ?? '' })
  if (modal.editable) input.value = modal.content
  const before = document.activeElement
  const answer = (confirm: boolean): void => {
    overlay.remove()
    if (before instanceof HTMLElement) before.focus()
    resolve({ confirm, content: confirm && modal.editable ? input.value : '' })
  }
  const button = (text: string, kind: string, color: string | undefined, confirm: boolean) => {
    const element = make('button', `host-modal-button ${kind}`, { type: 'button' }, text)
    if (color !== undefined) element.style.color = color
    element.addEventListener('click', () => answer(confirm))
    return element
  }
  const ok = button(modal.confirmText ?? words.ok, 'host-modal-ok', modal.confirmColor, true)
  const buttons = modal.showCancel
    ? [button(modal.cancelText ?? words.cancel, '', modal.cancelColor, false), ok]
    : [ok]
  const name = modal.title === '' ? { 'aria-label': modal.content } : { 'aria-labelledby': titleId }
  const overlay = make(
    'div',
    'host-overlay host-overlay-dim',
    {},
    make(
      'div',
      'host-modal',
      { role: 'dialog', 'aria-modal': 'true', ...name },
      make('h2', 'host-modal-title', { id: titleId }, modal.title),
      ...(fields.length > 0
        ? fields
        : [modal.editable ? input : make('p', 'host-modal-text', {}, modal.content)]),
      make('div', 'host-modal-buttons', {}, ...buttons),
    ),
  )
  parent.append(overlay)
  ok.focus()
  return promise
}
