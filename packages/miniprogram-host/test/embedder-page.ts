import {
  openPhone,
  type EmbedderMessage,
  type Phone,
  type PhoneMessage,
  type PhoneSettings,
} from '../src/embedder.ts'

/** What the tests drive from outside. */
export interface TestEmbedder {
  readonly messages: PhoneMessage[]
  open(settings: PhoneSettings): void
  send(message: EmbedderMessage): void
  kill(): void
}

declare global {
  var embedder: TestEmbedder
}

let phone: Phone | undefined
const messages: PhoneMessage[] = []

globalThis.embedder = {
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
