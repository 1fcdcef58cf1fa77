import { type EmbedderMessage, isSealed, type PhoneMessage, seal } from '../protocol.ts'

/** The phone's connection to the embedder. */
export interface Link {
  post(message: PhoneMessage): void
}

/** Listens to the embedder only, and only on the same origin. */
export function openLink(receive: (message: EmbedderMessage) => void): Link {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.origin !== location.origin || event.source !== window.parent) return
    if (isSealed<EmbedderMessage>(event.data)) receive(event.data.message)
  })
  return { post: (message) => window.parent.postMessage(seal(message), location.origin) }
}
