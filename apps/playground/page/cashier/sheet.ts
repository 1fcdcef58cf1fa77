import { formatAmount } from '@tael/contracts'
import { make } from '@tael/miniprogram-host/dom'
import type { Language } from '@tael/miniprogram-host/embedder'
import type { OpenCashier } from '../simulator.ts'
import { createPassword, type Password } from './password.ts'
import { type CashierWords, cashierWords } from './words.ts'

export interface SheetOptions {
  readonly cashier: OpenCashier
  readonly language: Language
  /** The shop's name in the shopper's language. */
  readonly shop: string
  /** Confirms the payment and returns the errMsg. */
  readonly pay: () => Promise<string>
  readonly cancel: () => Promise<string>
  /** Called when the sheet asks for the password. */
  readonly onPassword: () => void
  /** Called with the errMsg of `wx.requestPayment` when the cashier has closed. */
  readonly closed: (errMsg: string) => void
  readonly failed: (error: unknown) => void
}

/**
 * WeChat's cashier: the amount, then the password, then the result. As on a phone, the Mini Program
 * gets the result only when the shopper taps Done (developers.weixin.qq.com/community, pay).
 */
export function createSheet(options: SheetOptions): HTMLElement {
  const { cashier, language, shop, closed } = options
  const words = cashierWords[language]
  const amount = formatAmount(cashier.amount)
  const panel = make('div', 'cashier-panel', {
    role: 'dialog',
    'aria-modal': 'true',
    'aria-label': words.payment,
    tabindex: '-1',
    lang: language === 'zh_CN' ? 'zh-CN' : 'en',
  })
  const overlay = make('div', 'cashier', {}, panel)
  // The sheet slides in from below; scrolling it into view would move the whole phone.
  const focus = (): void => panel.focus({ preventScroll: true })
  let busy = false
  let password: Password | undefined

  /** Allows one request to the simulator at a time; the overlay stays until its answer. */
  const settle = async (request: () => Promise<string>, next: (errMsg: string) => void): Promise<void> => {
    if (busy) return
    busy = true
    try {
      next(await request())
    } catch (error) {
      options.failed(error)
    } finally {
      busy = false
    }
  }
  const leave = (errMsg: string): void => {
    overlay.remove()
    closed(errMsg)
  }
  const cancel = (): void => void settle(options.cancel, leave)
  const showResult = (errMsg: string): void => {
    password = undefined
    panel.classList.remove('cashier-busy')
    panel.replaceChildren(...resultStep(words, shop, amount, errMsg, () => leave(errMsg)))
    focus()
  }
  const showPassword = (): void => {
    options.onPassword()
    const enter = (): void => {
      panel.classList.add('cashier-busy')
      panel.append(make('p', 'cashier-working', { role: 'status' }, words.working))
      void settle(options.pay, showResult)
    }
    password = createPassword(words, enter)
    panel.replaceChildren(
      header(words.back, '‹', showOrder, words.password),
      ...amountLines(shop, amount),
      password.element,
    )
    focus()
  }
  const showOrder = (): void => {
    // After the password the payment may be in progress.
    if (busy) return
    password = undefined
    panel.replaceChildren(...orderStep(words, shop, amount, cancel, showPassword))
    focus()
  }
  overlay.addEventListener('keydown', ({ key }) => {
    if (busy) return
    if (key === 'Escape' && panel.querySelector('.cashier-result') === null) cancel()
    if (/^\d$/.test(key)) password?.press(key)
    if (key === 'Backspace') password?.press('remove')
  })
  showOrder()
  // An element can take the focus only in the document.
  queueMicrotask(focus)
  return overlay
}

function orderStep(
  words: CashierWords,
  merchant: string,
  amount: string,
  cancel: () => void,
  next: () => void,
): HTMLElement[] {
  const pay = button('cashier-primary', words.pay, next)
  const dismiss = button('cashier-secondary', words.cancel, cancel)
  return [
    header(words.close, '×', cancel, words.payment),
    ...amountLines(merchant, amount),
    make(
      'dl',
      'cashier-method',
      {},
      make('dt', '', {}, words.method),
      make('dd', '', {}, make('i', 'cashier-coin', { 'aria-hidden': 'true' }, '¥'), words.balance),
    ),
    make('div', 'cashier-actions', {}, pay, dismiss),
  ]
}

function resultStep(
  words: CashierWords,
  merchant: string,
  amount: string,
  errMsg: string,
  done: () => void,
): HTMLElement[] {
  const ok = errMsg === 'requestPayment:ok'
  return [
    make(
      'div',
      'cashier-result',
      { role: 'status' },
      make(
        'i',
        ok ? 'cashier-mark' : 'cashier-mark cashier-mark-bad',
        { 'aria-hidden': 'true' },
        ok ? '✓' : '!',
      ),
      make('p', 'cashier-outcome', {}, ok ? words.paid : words.failed),
      ...amountLines(merchant, amount),
      ...(ok ? [] : [make('p', 'cashier-reason', {}, errMsg.replace(/^requestPayment:fail\s*/, ''))]),
    ),
    make('div', 'cashier-actions', {}, button('cashier-done', words.done, done)),
  ]
}

function header(label: string, glyph: string, leave: () => void, title: string): HTMLElement {
  const close = make('button', 'cashier-close', { type: 'button', 'aria-label': label }, glyph)
  close.addEventListener('click', leave)
  return make('header', 'cashier-header', {}, close, make('h2', 'cashier-title', {}, title))
}

function amountLines(merchant: string, amount: string): HTMLElement[] {
  return [make('p', 'cashier-merchant', {}, merchant), make('p', 'cashier-amount', {}, amount)]
}

function button(className: string, text: string, tap: () => void): HTMLButtonElement {
  const element = make('button', className, { type: 'button' }, text)
  element.addEventListener('click', tap)
  return element
}
