import {
  openPhone,
  type EmbedderMessage,
  type Phone,
  type PhoneMessage,
  type PhoneSettings,
} from '../src/embedder.ts'

/** The embedder's page, which the tests drive. */
export interface TestEmbedder {
  readonly messages: PhoneMessage[]
  /** Resolves when `messages` has everything that the phone has posted up to now. */
  catchUp(): Promise<void>
  open(settings: PhoneSettings): void
  send(message: EmbedderMessage): void
  kill(): void
}

let phone: Phone | undefined
const messages: PhoneMessage[] = []

const embedder: TestEmbedder = {
  messages,
  catchUp: () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const receive = ({ source }: MessageEvent<unknown>): void => {
      if (source !== window) return
      window.removeEventListener('message', receive)
      resolve()
    }
    window.addEventListener('message', receive)
    // A page gets messages in the order in which they are posted to it, whoever posts them.
    window.postMessage('the last one', location.origin)
    return promise
  },
  open: (settings) => {
    phone = openPhone({
      container: document.body,
      src: '/phone/index.html',
      title: 'Mini Program',
      settings,
      onMessage: (message) => void messages.push(message),
    })
  },
  send: (message) => phone?.send(message),
  kill: () => phone?.kill(),
}
Object.assign(globalThis, { embedder })
