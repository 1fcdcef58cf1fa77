import { type WireItem, sign } from '@tael/adyen'
import { Agent, request } from 'undici'
import type { Config } from '../config.ts'
import type { CallLog } from './call-log.ts'
import type { Clock } from './clock.ts'
import type { Switchboard } from './switchboard.ts'

/** An item before it is signed. `operations` is Adyen's "experimental field" of AUTHORISATION. */
export type WebhookItem = WireItem & { readonly operations?: readonly string[] }

interface Delivery {
  readonly item: WebhookItem
  /** How many of the first attempts are lost on the way. */
  readonly lostAttempts: number
  readonly release: () => void
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/**
 * How long to wait after each failed attempt: three early retries at 9, 18 and 27 seconds, then the
 * retry queue, whose last wait repeats (docs.adyen.com, webhooks/troubleshoot).
 */
const retryWaitsMs = [
  ...[9, 9, 9].map((seconds) => seconds * SECOND_MS),
  ...[2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 4].map((hours) => hours * HOUR_MS),
]
const LAST_RETRY_WAIT_MS = 8 * HOUR_MS
const RETRY_PERIOD_MS = 30 * 24 * HOUR_MS

/**
 * Adyen's deadline for a 2xx. In real time: the receiver does not run faster with the simulator.
 */
const ANSWER_TIMEOUT_MS = 10_000
const ANSWER_BYTES_MAX = 100_000

/**
 * Adyen's standard webhooks: one item a delivery, signed, with basic auth, in one queue for the
 * endpoint. A delivery that fails is retried before the next one is sent.
 */
export class WebhookQueue {
  readonly #config: Config
  readonly #clock: Clock
  readonly #callLog: CallLog
  readonly #switchboard: Switchboard
  readonly #agent = new Agent({ maxResponseSize: ANSWER_BYTES_MAX })
  #queue: Delivery[] = []

  constructor(config: Config, clock: Clock, callLog: CallLog, switchboard: Switchboard) {
    this.#config = config
    this.#clock = clock
    this.#callLog = callLog
    this.#switchboard = switchboard
  }

  /**
   * Signs an item, unless it carries a signature to forge one, and enqueues it. Returns the signed
   * item.
   */
  send(unsigned: WebhookItem, lostAttempts = 0): WebhookItem {
    const signature = { hmacSignature: sign(unsigned, this.#config.hmacKey), ...unsigned.additionalData }
    const item: WebhookItem = { ...unsigned, additionalData: signature }
    this.#enqueue(item, lostAttempts)
    if (this.#switchboard.duplicatesWebhook()) this.#enqueue(item, 0)
    return item
  }

  /** Removes every delivery, also the one that is waiting for its retry. */
  clear(): void {
    const removed = this.#queue
    this.#queue = []
    for (const delivery of removed) delivery.release()
  }

  async close(): Promise<void> {
    this.clear()
    await this.#agent.destroy()
  }

  #enqueue(item: WebhookItem, lostAttempts: number): void {
    this.#queue.push({ item, lostAttempts, release: this.#clock.hold() })
    if (this.#queue.length === 1) void this.#drain(this.#queue)
  }

  /** Delivers a queue in order, until it is empty or cleared. */
  async #drain(queue: Delivery[]): Promise<void> {
    for (let head = queue[0]; head !== undefined && queue === this.#queue; head = queue[0]) {
      await this.#deliver(head, queue)
      queue.shift()
      head.release()
    }
  }

  async #deliver(delivery: Delivery, queue: Delivery[]): Promise<void> {
    let waitedMs = 0
    // The queue may be cleared during a wait.
    for (let attempts = 1; waitedMs <= RETRY_PERIOD_MS && queue === this.#queue; attempts += 1) {
      const isLost = attempts <= delivery.lostAttempts || this.#switchboard.losesWebhook()
      if (await this.#attempt(delivery.item, isLost)) return
      const waitMs = retryWaitsMs[attempts - 1] ?? LAST_RETRY_WAIT_MS
      await this.#clock.sleep(waitMs)
      waitedMs += waitMs
    }
  }

  /** Sends an item once. True if the endpoint accepted it. */
  async #attempt(item: WebhookItem, isLost: boolean): Promise<boolean> {
    const { webhookUrl, webhookUsername, webhookPassword } = this.#config
    const credentials = Buffer.from(`${webhookUsername}:${webhookPassword}`).toString('base64')
    const headers = { 'content-type': 'application/json', authorization: `Basic ${credentials}` }
    const body = { live: 'false', notificationItems: [{ NotificationRequestItem: item }] }
    const logAnswer = this.#callLog.logRequest('adyen', 'server', {
      label: `webhook ${item.eventCode} success=${item.success}`,
      headers,
      body,
    })
    if (isLost) {
      logAnswer({ label: 'no answer (lost on the way)' })
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
      logAnswer({ label: `${status}`, status, body: await answer.body.text() })
      return status >= 200 && status < 300
    } catch (error) {
      logAnswer({ label: `no answer (${error instanceof Error ? error.message : String(error)})` })
      return false
    }
  }
}

const amsterdam = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Amsterdam', timeZoneName: 'longOffset' })

/**
 * The form of `eventDate`: ISO 8601 with seconds and the offset of Amsterdam. Takes epoch
 * milliseconds.
 */
export function eventDate(at: number): string {
  const zone = amsterdam.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value
  const offset = zone?.replace('GMT', '') ?? '+00:00'
  const local = new Date(at + Number(offset.slice(0, 3)) * HOUR_MS)
  return `${local.toISOString().slice(0, 19)}${offset}`
}
