import { make } from '@tael/miniprogram-host/dom'
import type { CashierWords } from './words.ts'

const LENGTH = 6
const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '', '0', 'remove']

/** Six dots and a keypad. `press` takes a digit or `remove`. */
export interface Password {
  readonly element: HTMLElement
  press(key: string): void
}

/** Accepts any six digits and calls `enter` after the sixth. */
export function createPassword(words: CashierWords, enter: () => void): Password {
  let entered = 0
  const dots = Array.from({ length: LENGTH }, () => make('i', 'cashier-dot'))
  const boxes = make('div', 'cashier-dots', { role: 'img' }, ...dots)
  const draw = (): void => {
    dots.forEach((dot, index) => dot.classList.toggle('filled', index < entered))
    boxes.setAttribute('aria-label', words.entered(entered))
  }
  const press = (key: string): void => {
    if (key === 'remove') entered = Math.max(0, entered - 1)
    else if (entered < LENGTH) {
      entered += 1
      if (entered === LENGTH) enter()
    }
    draw()
  }
  const keys = KEYS.map((key) => {
    if (key === '') return make('span', 'cashier-key-gap')
    const isRemove = key === 'remove'
    const button = make('button', isRemove ? 'cashier-key cashier-key-remove' : 'cashier-key', {
      type: 'button',
    })
    button.textContent = isRemove ? '⌫' : key
    if (isRemove) button.setAttribute('aria-label', words.remove)
    button.addEventListener('click', () => press(key))
    return button
  })
  const element = make(
    'div',
    'cashier-password',
    {},
    boxes,
    make('div', 'cashier-keypad', { role: 'group', 'aria-label': words.keypad }, ...keys),
  )
  draw()
  return { element, press }
}
