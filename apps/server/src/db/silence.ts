import { Socket } from 'node:net'
import type { Client } from 'pg'

/**
 * Breaks the connection where PostgreSQL owes an answer and nothing was sent or received for
 * `boundMs`. A firewall that drops a connection tells neither side, so without this its statement
 * would wait for hours. `pg` has a bound of its own, but keeps the dead connection in the pool.
 */
export function breakWhenSilent(client: Client, boundMs: number): void {
  const { connection } = client
  const { stream } = connection
  if (!(stream instanceof Socket)) throw new TypeError('The connection to PostgreSQL must be a socket.')
  let answered = stream.bytesWritten
  client.on('drain', () => {
    answered = stream.bytesWritten
  })
  stream.setTimeout(boundMs)
  stream.on('timeout', () => {
    // After a pause of this process the timer runs before what has arrived meanwhile is read.
    setImmediate(() => {
      if (stream.bytesWritten !== answered) stream.destroy(new SilentConnectionError(boundMs))
    })
  })
}

/** A connection did not answer in time and was broken. */
export class SilentConnectionError extends Error {
  override readonly name = 'SilentConnectionError'
  constructor(boundMs: number) {
    super(`PostgreSQL did not answer within ${boundMs / 1000} s.`)
  }
}
