import { make } from '@tael/miniprogram-host/dom'

export function button(text: string, tap: () => void): HTMLButtonElement {
  const element = make('button', 'button', { type: 'button' }, text)
  element.addEventListener('click', tap)
  return element
}
