import type pg from 'pg'

/** The channel migrations/0001 notifies, with the payment's id, at the commit of each change. */
const CHANNEL = 'payment_changed'
const RECONNECT_MS = 500

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
  stop(): void
}

/**
 * Hears PostgreSQL's notifications on a connection of its own. While that is broken nobody waits in vain: everyone who
 * waits is woken to read again, and it reconnects.
 */
export async function listenForPaymentChanges(
  connect: () => pg.Client,
  onError: (error: Error) => void,
): Promise<PaymentChanges> {
  const waiting = new Map<string, Set<() => void>>()
  const closing = new AbortController()
  let client = await open()

  function wake(paymentId: string): void {
    for (const heard of waiting.get(paymentId) ?? []) heard()
  }

  async function open(): Promise<pg.Client> {
    const opened = connect()
    let broken = false
    const onBroken = (error: Error): void => {
      if (broken || closing.signal.aborted) return
      broken = true
      onError(error)
      for (const paymentId of waiting.keys()) wake(paymentId)
      void reopen()
    }
    opened.on('notification', ({ payload }) => wake(payload ?? ''))
    await opened.connect()
    opened.on('error', onBroken)
    opened.on('end', () => onBroken(new Error('The connection that hears changes has ended.')))
    await opened.query(`listen ${CHANNEL}`)
    return opened
  }

  async function reopen(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        client = await open()
        for (const paymentId of waiting.keys()) wake(paymentId)
        return
      } catch (error) {
        onError(error instanceof Error ? error : new Error(String(error)))
        await new Promise((resolve) => {
          setTimeout(resolve, RECONNECT_MS)
        })
      }
    }
  }

  return {
    listen: (paymentId) => addListener(waiting, paymentId, closing.signal),
    async close() {
      closing.abort()
      for (const paymentId of waiting.keys()) wake(paymentId)
      await client.end()
    },
  }
}

function addListener(
  waiting: Map<string, Set<() => void>>,
  paymentId: string,
  closing: AbortSignal,
): Listener {
  let changed = false
  let resolve: (() => void) | undefined
  const heard = (): void => {
    changed = true
    resolve?.()
  }
  const listeners = waiting.get(paymentId) ?? new Set()
  waiting.set(paymentId, listeners.add(heard))
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
    stop() {
      listeners.delete(heard)
      if (listeners.size === 0) waiting.delete(paymentId)
    },
  }
}
