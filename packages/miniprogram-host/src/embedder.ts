import {
  type EmbedderMessage,
  isSealed,
  type PhoneMessage,
  type PhoneSettings,
  seal,
  STORAGE_PREFIX,
} from './protocol.ts'

export type * from './protocol.ts'

/** A running Mini Program, as the embedder sees it. */
export interface Phone {
  readonly frame: HTMLIFrameElement
  send(message: EmbedderMessage): void
  /** Kills the app: it loses its memory and keeps its storage. */
  kill(): void
}

export interface PhoneOptions {
  readonly container: HTMLElement
  /** The address of the page that `buildHostedProgram` made, on this page's origin. */
  readonly src: string
  readonly title: string
  readonly settings: PhoneSettings
  readonly onMessage: (message: PhoneMessage, phone: Phone) => void
}

/** Starts a Mini Program in an iframe. */
export function openPhone({ container, src, title, settings, onMessage }: PhoneOptions): Phone {
  const frame = document.createElement('iframe')
  frame.src = src
  frame.title = title

  const receive = (event: MessageEvent<unknown>): void => {
    if (event.origin !== location.origin || event.source !== frame.contentWindow) return
    if (!isSealed<PhoneMessage>(event.data)) return
    const { message } = event.data
    if (message.type === 'loaded') phone.send({ type: 'start', settings })
    onMessage(message, phone)
  }
  const phone: Phone = {
    frame,
    send: (message) => frame.contentWindow?.postMessage(seal(message), location.origin),
    kill: () => {
      window.removeEventListener('message', receive)
      frame.remove()
    },
  }
  window.addEventListener('message', receive)
  container.append(frame)
  return phone
}

/** Deletes what Mini Programs stored on the phone (`wx.setStorage`). */
export function clearPhoneStorage(): void {
  for (const key of Object.keys(localStorage))
    if (key.startsWith(STORAGE_PREFIX)) localStorage.removeItem(key)
}
