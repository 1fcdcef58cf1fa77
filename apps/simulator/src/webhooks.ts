import { type NotificationItem, sign } from '@tael/adyen'
import { Agent, request } from 'undici'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Switchboard } from './faults.ts'
import type { Messages } from './messages.ts'

/** An item before it is signed. `operations` is Adyen's "experimental field" of AUTHORISATION. */
export type Event = NotificationItem & { readonly operations?: readonly string[] }

interface Delivery {
  readonly item: Event
  /** How many tries, counted from the first, are lost on the way. */
  readonly lostTries: number
  readonly release: () => void
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/**
 * How long to wait after each failed try: three early retries at 9, 18 and 27 seconds, then the retry queue, whose
 * last wait repeats (docs.adyen.com, webhooks/troubleshoot).
 */
const retryWaitsMs = [
  ...[9, 9, 9].map((seconds) => seconds * SECOND_MS),
  ...[2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 4].map((hours) => hours * HOUR_MS),
]
const LAST_RETRY_WAIT_MS = 8 * HOUR_MS
const GIVE_UP_AFTER_MS = 30 * 24 * HOUR_MS

/** Adyen's own deadline for a 2xx. On the wall, not simulated: the receiver does not run faster with us. */
const ANSWER_TIMEOUT_MS = 10_000
const ANSWER_BYTES_MAX = 100_000

/**
 * Adyen's standard webhooks: one item a delivery, signed, with basic auth, in one queue for the endpoint. A delivery
 * that fails is retried before the next one is sent.
 */
export class Webhooks {
  readonly #config: Config
  readonly #clock: Clock
  readonly #messages: Messages
  readonly #switchboard: Switchboard
  readonly #agent = new Agent({ maxResponseSize: ANSWER_BYTES_MAX })
  #queue: Delivery[] = []

  constructor(config: Config, clock: Clock, messages: Messages, switchboard: Switchboard) {
    this.#config = config
    this.#clock = clock
    this.#messages = messages
    this.#switchboard = switchboard
  }

  /** Signs the event (unless it brings a signature, to play a forger) and puts it at the end of the queue. */
  send(event: Event, lostTries = 0): Event {
    const signature = { hmacSignature: sign(event, this.#config.hmacKey), ...event.additionalData }
    const item: Event = { ...event, additionalData: signature }
    this.#enqueue(item, lostTries)
    if (this.#switchboard.webhookDuplicate()) this.#enqueue(item, 0)
    return item
  }

  /** Forgets what waits to be delivered. */
  clear(): void {
    const forgotten = this.#queue
    this.#queue = []
    for (const delivery of forgotten) delivery.release()
  }

  async close(): Promise<void> {
    this.clear()
    await this.#agent.destroy()
  }

  #enqueue(item: Event, lostTries: number): void {
    this.#queue.push({ item, lostTries, release: this.#clock.hold() })
    if (this.#queue.length === 1) void this.#drain(this.#queue)
  }

  /** Works a queue off, one delivery after the other, until it is empty or forgotten. */
  async #drain(queue: Delivery[]): Promise<void> {
    for (let head = queue[0]; head !== undefined && queue === this.#queue; head = queue[0]) {
      await this.#deliver(head, queue)
      queue.shift()
      head.release()
    }
  }

  async #deliver(delivery: Delivery, queue: Delivery[]): Promise<void> {
    let waitedMs = 0
    // A queue that was forgotten is given up in the middle of a wait too.
    for (let tries = 1; waitedMs <= GIVE_UP_AFTER_MS && queue === this.#queue; tries += 1) {
      const lost = tries <= delivery.lostTries || this.#switchboard.webhookLost()
      if (await this.#attempt(delivery.item, lost)) return
      const waitMs = retryWaitsMs[tries - 1] ?? LAST_RETRY_WAIT_MS
      await this.#clock.sleep(waitMs)
      waitedMs += waitMs
    }
  }

  /** One try; true where the endpoint took the webhook. */
  async #attempt(item: Event, lost: boolean): Promise<boolean> {
    const { webhookUrl, webhookUsername, webhookPassword } = this.#config
    const credentials = Buffer.from(`${webhookUsername}:${webhookPassword}`).toString('base64')
    const headers = { 'content-type': 'application/json', authorization: `Basic ${credentials}` }
    const body = { live: 'false', notificationItems: [{ NotificationRequestItem: item }] }
    const answered = this.#messages.request('adyen', 'server', {
      label: `webhook ${item.eventCode} success=${item.success}`,
      headers,
      body,
    })
    if (lost) {
      answered({ label: 'no answer (lost on the way)' })
      return false
    }
    try {
      const answer = await request(webhookUrl, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      })
      const { statusCode: status } = answer
      answered({ label: `${status}`, status, body: await answer.body.text() })
      return status >= 200 && status < 300
    } catch (error) {
      answered({ label: `no answer (${error instanceof Error ? error.message : String(error)})` })
      return false
    }
  }
}

/** A moment as Adyen writes it in `eventDate`: ISO 8601 with seconds and an offset; from epoch milliseconds. */
export function eventDate(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, '+00:00')
}
