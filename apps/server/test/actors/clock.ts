import type { Database } from './database.ts'
import type { Queue } from './queue.ts'
import type { Simulator } from './simulator.ts'

/** In seconds. */
export const MINUTE = 60
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The times that the server stores and later compares with now, but for those of sessions. */
const storedTimes = [
  ['orders', 'created_at', 'expires_at', 'cancelled_at'],
  ['payments', 'created_at', 'updated_at'],
  ['refunds', 'created_at', 'updated_at'],
  ['refund_proposals', 'proposed_at', 'expires_at'],
  ['adyen_calls', 'started_at', 'leased_until', 'retry_at'],
  ['shipments', 'recorded_at'],
  ['idempotency_keys', 'created_at'],
  ['merchant_deliveries', 'retry_until', 'failed_at'],
  ['notified_items', 'notified_at'],
  ['notifications', 'created_at', 'retry_until', 'next_try_at', 'sent_at', 'failed_at'],
] as const

/** Lets time pass in a moment: at the server, or at Adyen and WeChat. */
export class Clock {
  readonly #database: Database
  readonly #queue: Queue
  readonly #simulator: Simulator

  constructor(database: Database, queue: Queue, simulator: Simulator) {
    this.#database = database
    this.#queue = queue
    this.#simulator = simulator
  }

  /**
   * Everything the server stores becomes this much older; jobs that are due by then run as soon as
   * a server polls.
   */
  async passTime(seconds: number): Promise<void> {
    for (const [table, ...columns] of storedTimes) {
      const set = columns.map((column) => `${column} = ${column} - make_interval(secs => $1)`)
      await this.#database.rows(`update ${table} set ${set.join(', ')}`, [seconds])
    }
    await this.#queue.bringForward(seconds)
  }

  /** The lease of every call in progress expires, as when the process that made it is long dead. */
  async expireLeases(): Promise<void> {
    await this.#database.rows(
      'update adyen_calls set leased_until = now(), retry_at = now() where answered_at is null',
    )
  }

  /** Every session expires. */
  async expireSessions(): Promise<void> {
    await this.#database.rows('update sessions set expires_at = now()')
  }

  /** Adyen's and WeChat's time passes: webhooks, login codes, tokens, prepay_ids. */
  async passSimulatedTime(seconds: number): Promise<void> {
    await this.#simulator.send('POST', '/clock', { forwardMs: seconds * 1000 })
  }
}
