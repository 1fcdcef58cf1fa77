import { randomInt } from 'node:crypto'
import getPort, { portNumbers } from 'get-port'

/** `fetch` and browsers refuse some ports up to 10,080; from 32,768 on Linux hands them out by itself. */
const FIRST_PORT = 10_100
/** Vitest counts its workers in VITEST_POOL_ID. Each takes ports of its own, since it may use them later. */
const WORKERS_MAX = 11
const PORTS_PER_WORKER = 2000

/**
 * A port of 127.0.0.1 that was free, for a program that listens on it later: no other call returns
 * it, neither in this process nor in another worker of the tests, and no connection takes it.
 * Rejects when none is left.
 *
 * @param preferred Returned the first time, if it is free.
 */
export function freePort(preferred?: number): Promise<number> {
  const first = FIRST_PORT + (Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS_MAX) * PORTS_PER_WORKER
  const next = first + randomInt(PORTS_PER_WORKER)
  const ports = [...portNumbers(next, first + PORTS_PER_WORKER - 1), ...portNumbers(first, next)]
  return getPort({
    host: '127.0.0.1',
    port: preferred === undefined ? ports : [preferred, ...ports],
    // Where Linux would choose.
    exclude: [0],
    reserve: true,
  })
}
