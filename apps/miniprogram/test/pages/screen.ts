import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runInThisContext } from 'node:vm'
import type { Amount } from '@tael/contracts'
import { compileProgram } from '@tael/miniprogram-host/compile'
import { type LaterMessage, type PhoneMessage, start } from '@tael/miniprogram-host/phone'
import { expect, vi } from 'vitest'
import { buildMiniProgram } from '../../build/mini-program.ts'
import { colours } from '../../src/colours.ts'
import type { ShopServer } from './server.ts'

const source = path.join(import.meta.dirname, '../../src')

/** Builds the Mini Program as it would be uploaded, and loads it into the host. */
export async function prepareProgram(from = source): Promise<void> {
  const output = await mkdtemp(path.join(tmpdir(), 'miniprogram-'))
  try {
    const budget = { total: Infinity, script: Infinity }
    await buildMiniProgram({ source: from, output, budget, appId: 'wx1', palette: colours, pictures: [] })
    runInThisContext(compileProgram(output).script)
  } finally {
    await rm(output, { recursive: true })
  }
}

/** How long a test waits for what it expects. */
const WAIT = { timeout: 60_000, interval: 20 }

/** The phone's storage, as src/services/ write it. */
interface Stored {
  readonly 'tael.cart'?: { readonly lines: readonly object[] }
  readonly 'tael.address'?: object
  readonly 'tael.attempt'?: {
    readonly orderId: string
    readonly amount: Amount
    readonly key: string
    readonly paymentId?: string
  }
}

/** The Mini Program on WeChat's component framework, in the same host as in the browser. */
export interface Phone {
  /** The text of the page in front, in one line. */
  text(): string
  reads(text: string | RegExp): Promise<void>
  /** Taps the control of this name. */
  tap(name: string | RegExp): void
  /** Waits for a text that WeChat lays over the page: in a dialog or a toast. */
  overlays(text: string): Promise<void>
  /** Answers WeChat's dialog. */
  answerDialog(name: string): void
  openTab(name: string): void
  /** Leaves the page in front for the one below it. */
  back(): void
  /** The number on the cart's tab. */
  badge(): string
  control(name: string | RegExp): HTMLElement
  readonly errors: string[]
  /** The Mini Program's messages to the phone around it, without its errors. */
  readonly messages: PhoneMessage[]
  send(message: LaterMessage): void
}

export interface PhoneOptions {
  readonly language?: 'en' | 'zh_CN'
  readonly stored?: Stored
}

const APP_ID = 'wx1'

export function openPhone(server: ShopServer, { language = 'en', stored = {} }: PhoneOptions = {}): Phone {
  document.body.replaceChildren()
  localStorage.clear()
  for (const [key, value] of Object.entries(stored))
    localStorage.setItem(`wx:${APP_ID}:${key}`, JSON.stringify(value))
  const errors: string[] = []
  const messages: PhoneMessage[] = []
  const settings = {
    appId: APP_ID,
    language,
    theme: 'light',
    network: { offline: false, latencyMs: 0, lossRatio: 0 },
    domains: { 'http://127.0.0.1:8600': server.url },
  } as const
  const send = start(globalThis.miniProgram, settings, (message) => {
    if (message.type === 'error') errors.push(message.message)
    else messages.push(message)
    // The page around a phone plays WeChat.
    if (message.type === 'login')
      queueMicrotask(() => send({ type: 'settleLogin', id: message.id, code: 'c' }))
  })
  const phone: Phone = {
    errors,
    messages,
    send,
    text: () => front().textContent.replace(/\s+/g, ' ').trim(),
    reads: (text) => vi.waitFor(() => expect(phone.text()).toMatch(text), WAIT),
    overlays: (text) => vi.waitFor(() => expect(document.body.textContent).toContain(text), WAIT),
    control: (name) => {
      const controls = [...front().querySelectorAll<HTMLElement>('[role="button"]')]
      const found = controls.find((each) => {
        const label = each.getAttribute('aria-label') ?? each.textContent.trim()
        return typeof name === 'string' ? label === name : name.test(label)
      })
      if (found === undefined) throw new Error(`There is no ${String(name)} on: ${phone.text()}`)
      return found
    },
    // By keyboard: a document without layout has no coordinates to touch.
    tap: (name) => {
      phone.control(name).dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
    },
    answerDialog: (name) => click('.host-modal-button', name),
    openTab: (name) => click('.host-tab', name),
    back: () => {
      const button = front().querySelector<HTMLElement>('.host-back')
      if (button === null) throw new Error('There is no way back.')
      button.click()
    },
    badge: () => document.querySelector('.host-tab-badge:not([hidden])')?.textContent ?? '',
  }
  return phone
}

function front(): HTMLElement {
  const page = document.querySelector<HTMLElement>('.host-screen:not([hidden])')
  if (page === null) throw new Error('No page is open.')
  return page
}

function click(selector: string, name: string): void {
  const all = [...document.querySelectorAll<HTMLElement>(selector)]
  const found = all.find((each) => each.textContent.includes(name))
  if (found === undefined) throw new Error(`There is no ${selector} ${name}.`)
  found.click()
}
