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
  open(settings: PhoneSettings): void
  send(message: EmbedderMessage): void
  kill(): void
}

let phone: Phone | undefined
const messages: PhoneMessage[] = []

const embedder: TestEmbedder = {
  messages,
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
