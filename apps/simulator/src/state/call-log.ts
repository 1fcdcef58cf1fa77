export type Party = 'server' | 'adyen' | 'wechat' | 'miniprogram'

/** A request or an answer between two parties. `call` is the same number in both. */
export interface LogEntry extends Content {
  readonly id: number
  readonly at: string
  readonly call: number
  readonly from: Party
  readonly to: Party
  readonly kind: 'request' | 'answer'
}

/** What the log keeps of a request or an answer. */
export interface Content {
  readonly label: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Logs the answer to a logged request. */
export type LogAnswer = (answer: Content) => void

const ENTRIES_MAX = 2_000
const BODY_LENGTH_MAX = 20_000

/** Fields that no log may show: the credentials of a server, and what WeChat issues to it. */
const secretNames: ReadonlySet<string> = new Set([
  'x-api-key',
  'authorization',
  'secret',
  'session_key',
  'access_token',
])

/** The calls the simulator took part in, newest last. It keeps the last 2,000 entries. */
export class CallLog {
  #entries: LogEntry[] = []
  #lastId = 0
  #lastCall = 0
  #clearedCall = 0
  readonly #listeners = new Set<(entry: LogEntry) => void>()

  /** Logs a request and returns a function that logs its answer. */
  logRequest(from: Party, to: Party, request: Content): LogAnswer {
    this.#lastCall += 1
    const call = this.#lastCall
    this.#add({ call, from, to, kind: 'request', ...request })
    return (answer) => {
      if (call > this.#clearedCall) this.#add({ call, from: to, to: from, kind: 'answer', ...answer })
    }
  }

  /**
   * The entries after this id and not before this time, in milliseconds since 1970. A future id is one of an
   * earlier process, and leaves none out.
   */
  since(id: number, time: number): readonly LogEntry[] {
    const isFuture = id > this.#lastId
    return this.#entries.filter((entry) => (isFuture || entry.id > id) && Date.parse(entry.at) >= time)
  }

  /** Calls `listener` with every new entry until the returned function is called. */
  subscribe(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Removes every entry. Answers to the requests so far are not logged any more. */
  clear(): void {
    this.#clearedCall = this.#lastCall
    this.#entries = []
  }

  #add({ headers, body, ...rest }: Omit<LogEntry, 'id' | 'at'>): void {
    this.#lastId += 1
    const entry: LogEntry = {
      id: this.#lastId,
      at: new Date().toISOString(),
      ...rest,
      ...(headers === undefined ? {} : { headers: redactHeaders(headers) }),
      ...(body === undefined ? {} : { body: shorten(redact(body)) }),
    }
    this.#entries.push(entry)
    if (this.#entries.length > ENTRIES_MAX) this.#entries.shift()
    for (const listener of this.#listeners) listener(entry)
  }
}

/** Replaces a body that is too long by its length. */
function shorten(body: unknown): unknown {
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
