import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'

/** migrations/0001 notifies this channel with the payment's id at the commit of each change. */
const CHANNEL = 'payment_changed'
const RECONNECT_MS = 500
const HEARTBEAT_MS = 10_000

/** Wakes callers that wait for a payment when any server process changes it. */
export interface PaymentChanges {
  /**
   * Subscribes to one payment. Subscribe first, read second, wait last: then no change between
   * reading and waiting is missed. Always `cancel` it.
   */
  subscribe(paymentId: string): Subscription
  close(): Promise<void>
}

export interface Subscription {
  /** Resolves at the next change, after `ms`, or when the server stops, whichever is first. */
  nextChange(ms: number): Promise<void>
  /** Whether the server is stopping: callers should then stop waiting. */
  readonly closing: boolean
  cancel(): void
}

/**
 * Receives PostgreSQL's notifications on a connection of its own. When that breaks or cannot be
 * opened, every waiting caller is woken to read again while it reconnects.
 */
export async function listenForPaymentChanges(
  connect: () => Client,
  onError: (error: unknown) => void,
): Promise<PaymentChanges> {
  const closing = new AbortController()
  const subscriptions = new Subscriptions(closing.signal)
  // Undefined while it is being replaced: `pg` reports one break as an error and as an end, of
  // which only the first may start a replacement.
  let client: Client | undefined
  try {
    client = await openListener(connect, subscriptions, onBroken)
  } catch (error) {
    onError(error)
    void reconnect()
  }

  // A connection can die silently: then this query fails and the connection is replaced.
  const heartbeat = setInterval(() => {
    const checked = client
    checked?.query('select 1').catch((error: unknown) => onBroken(checked, error))
  }, HEARTBEAT_MS)

  function onBroken(broken: Client, error: unknown): void {
    if (closing.signal.aborted || broken !== client) return
    client = undefined
    onError(error)
    subscriptions.wakeAll()
    void broken.end().catch(onError)
    void reconnect()
  }

  async function reconnect(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const opened = await openListener(connect, subscriptions, onBroken)
        if (closing.signal.aborted) return await opened.end()
        client = opened
        return subscriptions.wakeAll()
      } catch (error) {
        onError(error)
        await pause(RECONNECT_MS)
      }
    }
  }

  return {
    subscribe: (paymentId) => subscriptions.add(paymentId),
    async close() {
      closing.abort()
      clearInterval(heartbeat)
      subscriptions.wakeAll()
      await client?.end()
    },
  }
}

/**
 * Opens a connection that listens already. Rejects where it cannot; later breaks call `onBroken`.
 */
async function openListener(
  connect: () => Client,
  subscriptions: Subscriptions,
  onBroken: (client: Client, error: unknown) => void,
): Promise<Client> {
  const client = connect()
  client.on('error', (error) => onBroken(client, error))
  client.on('end', () => onBroken(client, new Error('The connection that receives changes has ended.')))
  client.on('notification', ({ payload }) => subscriptions.wake(payload ?? ''))
  try {
    await client.connect()
    await client.query(`listen ${CHANNEL}`)
    return client
  } catch (error) {
    await client.end()
    throw error
  }
}

/** The waiting callers of each payment. */
class Subscriptions {
  readonly #closing: AbortSignal
  readonly #wakers = new Map<string, Set<() => void>>()
  constructor(closing: AbortSignal) {
    this.#closing = closing
  }

  wake(paymentId: string): void {
    for (const wake of this.#wakers.get(paymentId) ?? []) wake()
  }

  wakeAll(): void {
    for (const paymentId of this.#wakers.keys()) this.wake(paymentId)
  }

  add(paymentId: string): Subscription {
    const closing = this.#closing
    let changed = false
    let resolve: (() => void) | undefined
    const wake = (): void => {
      changed = true
      resolve?.()
    }
    const wakers = this.#wakers.get(paymentId) ?? new Set()
    this.#wakers.set(paymentId, wakers.add(wake))
    return {
      async nextChange(ms) {
        if (!changed && !closing.aborted) {
          await new Promise<void>((done) => {
            const timer = setTimeout(done, ms)
            resolve = () => {
              clearTimeout(timer)
              done()
            }
          })
        }
        changed = false
      },
      get closing() {
        return closing.aborted
      },
      cancel: () => {
        wakers.delete(wake)
        if (wakers.size === 0) this.#wakers.delete(paymentId)
      },
    }
  }
}
