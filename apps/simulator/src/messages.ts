export type Party = 'server' | 'adyen' | 'wechat' | 'miniprogram'

/** One half of a call between two parties. `call` ties an answer to its request. */
export interface Message {
  readonly id: number
  readonly at: string
  readonly call: number
  readonly from: Party
  readonly to: Party
  readonly kind: 'request' | 'answer'
  readonly label: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** What the caller knows of a message; the log adds the rest. */
export interface Said {
  readonly label: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Tells the log what came back. */
export type Answered = (said: Said) => void

const MESSAGES_MAX = 2_000
const BODY_LENGTH_MAX = 20_000

/** Fields that stay secret even before a developer: the API key, the app secret, the password, what WeChat gives a server. */
const secretNames: ReadonlySet<string> = new Set([
  'x-api-key',
  'authorization',
  'secret',
  'session_key',
  'access_token',
])

/** Every call the simulator took part in, newest last. Bounded: the oldest messages are forgotten. */
export class Messages {
  #kept: Message[] = []
  #lastId = 0
  #lastCall = 0
  #clearedCall = 0
  readonly #listeners = new Set<(message: Message) => void>()

  /** Logs a request; the returned function logs its answer. */
  request(from: Party, to: Party, said: Said): Answered {
    this.#lastCall += 1
    const call = this.#lastCall
    this.#add({ call, from, to, kind: 'request', ...said })
    return (answer) => {
      if (call > this.#clearedCall) this.#add({ call, from: to, to: from, kind: 'answer', ...answer })
    }
  }

  /** The messages after the one with this id; all that are kept for 0, and for an id that is still to come. */
  since(id: number): readonly Message[] {
    // A reader with an id to come read another process, before a restart.
    const isAhead = id > this.#lastId
    return this.#kept.filter((message) => isAhead || message.id > id)
  }

  /** Calls `listener` with every new message until the returned function is called. */
  subscribe(listener: (message: Message) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Forgets every call, and the answers that are still to come. */
  clear(): void {
    this.#clearedCall = this.#lastCall
    this.#kept = []
  }

  #add({ headers, body, ...rest }: Omit<Message, 'id' | 'at'>): void {
    this.#lastId += 1
    const message: Message = {
      id: this.#lastId,
      at: new Date().toISOString(),
      ...rest,
      ...(headers === undefined ? {} : { headers: redactHeaders(headers) }),
      ...(body === undefined ? {} : { body: shortened(redact(body)) }),
    }
    this.#kept.push(message)
    if (this.#kept.length > MESSAGES_MAX) this.#kept.shift()
    for (const listener of this.#listeners) listener(message)
  }
}

/** What is too long to be read is told by its length, so that the log stays small. */
function shortened(body: unknown): unknown {
  const { length } = JSON.stringify(body)
  return length > BODY_LENGTH_MAX ? `(${length} characters)` : body
}

function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, secretNames.has(name) ? '***' : value]),
  )
}

function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, secretNames.has(name) ? '***' : redact(inner)]),
  )
}
