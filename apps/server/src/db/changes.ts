import type { Db } from './database.ts'

/** How often the payments that somebody waits for are looked at. */
const LOOK_MS = 250

/** Lets callers wait for a payment that any server process may change. */
export interface PaymentChanges {
  /**
   * Resolves when the payment has a version above the one that was read, after `ms`, when the
   * database could not be asked, or when the server stops, whichever is first: read it again then.
   */
  waitFor(paymentId: string, version: number, ms: number): Promise<void>
  /** How many callers wait. */
  readonly waiting: number
  /** Whether the server is stopping: callers should then stop waiting. */
  readonly closing: boolean
  /** Ends every wait, and then the look in progress. */
  close(): Promise<void>
}

interface Wait {
  readonly paymentId: string
  readonly version: number
  readonly end: () => void
}

/**
 * Looks at all awaited payments at once, and only while somebody waits. PostgreSQL's NOTIFY would be
 * quicker, but every commit that notifies waits for every other one, and its listener is a
 * connection that can be lost and that poolers do not offer.
 */
export function watchPayments(db: Db, onError: (error: unknown) => void): PaymentChanges {
  const waits = new Set<Wait>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let closing = false

  const look = async (): Promise<void> => {
    const looked = [...waits]
    try {
      const ids = [...new Set(looked.map(({ paymentId }) => paymentId))]
      const rows = await db
        .selectFrom('payments')
        .select(['id', 'version'])
        .where('id', '=', (eb) => eb.fn.any(eb.val(ids)))
        .execute()
      const versions = new Map(rows.map(({ id, version }) => [id, version]))
      for (const { paymentId, version, end } of looked) if ((versions.get(paymentId) ?? 0) > version) end()
    } catch (error) {
      onError(error)
      for (const { end } of looked) end()
    }
  }

  const lookLater = (): void => {
    if (timer !== undefined || looking !== undefined || waits.size === 0 || closing) return
    timer = setTimeout(() => {
      timer = undefined
      looking = look().finally(() => {
        looking = undefined
        lookLater()
      })
    }, LOOK_MS)
  }

  return {
    waitFor: (paymentId, version, ms) =>
      new Promise((resolve) => {
        if (closing) return resolve()
        const wait: Wait = {
          paymentId,
          version,
          end: () => {
            clearTimeout(timeout)
            waits.delete(wait)
            resolve()
          },
        }
        const timeout = setTimeout(wait.end, ms)
        waits.add(wait)
        lookLater()
      }),
    get waiting() {
      return waits.size
    },
    get closing() {
      return closing
    },
    async close() {
      closing = true
      clearTimeout(timer)
      for (const { end } of waits) end()
      await looking
    },
  }
}
