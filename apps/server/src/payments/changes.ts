import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'

/** The channel migrations/0001 notifies, with the payment's id, at the commit of each change. */
const CHANNEL = 'payment_changed'
const RECONNECT_MS = 500
const HEARTBEAT_MS = 10_000

/** Tells who waits for a payment that it changed, whichever server process changed it. */
export interface PaymentChanges {
  /**
   * Starts to listen for one payment. Listen first, read then, wait last: a change between reading and waiting is
   * not missed. Always `stop` it.
   */
  listen(paymentId: string): Listener
  close(): Promise<void>
}

export interface Listener {
  /** Resolves at the next change, after `ms`, or when the server stops, whichever is first. */
  change(ms: number): Promise<void>
  /** Whether the server stops: then nobody should wait any longer. */
  readonly closing: boolean
  stop(): void
}

/**
 * Hears PostgreSQL's notifications on a connection of its own. While that is broken nobody waits in vain: everyone who
 * waits is woken to read again, and it reconnects.
 */
export async function listenForPaymentChanges(
  connect: () => Client,
  onError: (error: unknown) => void,
): Promise<PaymentChanges> {
  const closing = new AbortController()
  const waiting = new Waiting(closing.signal)
  let client: Client | undefined
  client = await open(connect, waiting, onBroken)

  // A connection that broke without a word is noticed by its silence: this query fails, and so it is replaced.
  const heartbeat = setInterval(() => {
    const asked = client
    asked?.query('select 1').catch((error: unknown) => onBroken(asked, error))
  }, HEARTBEAT_MS)

  function onBroken(broken: Client, error: unknown): void {
    if (closing.signal.aborted || broken !== client) return
    onError(error)
    waiting.wakeAll()
    void hangUp(broken)
    void replace(broken)
  }

  async function hangUp(broken: Client): Promise<void> {
    await broken.end().catch(onError)
  }

  async function replace(broken: Client): Promise<void> {
    while (!closing.signal.aborted && client === broken) {
      try {
        client = await open(connect, waiting, onBroken)
        waiting.wakeAll()
      } catch (error) {
        onError(error)
        await pause(RECONNECT_MS)
      }
    }
  }

  return {
    listen: (paymentId) => waiting.listen(paymentId),
    async close() {
      closing.abort()
      clearInterval(heartbeat)
      waiting.wakeAll()
      await client?.end()
    },
  }
}

/** A connection that listens already. Rejects where it cannot; what breaks later is told to `onBroken`. */
async function open(
  connect: () => Client,
  waiting: Waiting,
  onBroken: (client: Client, error: unknown) => void,
): Promise<Client> {
  const client = connect()
  client.on('error', (error) => onBroken(client, error))
  client.on('end', () => onBroken(client, new Error('The connection that hears changes has ended.')))
  client.on('notification', ({ payload }) => waiting.wake(payload ?? ''))
  try {
    await client.connect()
    await client.query(`listen ${CHANNEL}`)
    return client
  } catch (error) {
    await client.end()
    throw error
  }
}

/** Who waits for which payment. */
class Waiting {
  readonly #closing: AbortSignal
  readonly #heard = new Map<string, Set<() => void>>()
  constructor(closing: AbortSignal) {
    this.#closing = closing
  }

  wake(paymentId: string): void {
    for (const hear of this.#heard.get(paymentId) ?? []) hear()
  }

  wakeAll(): void {
    for (const paymentId of this.#heard.keys()) this.wake(paymentId)
  }

  listen(paymentId: string): Listener {
    const closing = this.#closing
    let changed = false
    let resolve: (() => void) | undefined
    const hear = (): void => {
      changed = true
      resolve?.()
    }
    const all = this.#heard.get(paymentId) ?? new Set()
    this.#heard.set(paymentId, all.add(hear))
    return {
      async change(ms) {
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
      stop: () => {
        all.delete(hear)
        if (all.size === 0) this.#heard.delete(paymentId)
      },
    }
  }
}
