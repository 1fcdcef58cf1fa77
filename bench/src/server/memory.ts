import { setInterval as every } from 'node:timers/promises'
import { send } from '../load/load.ts'
import { paymentOf, webhookOf } from '../load/requests.ts'
import { type Laboratory, onlyProgram, type Subject } from '../machine/laboratory.ts'
import { readResidentBytes } from '../machine/processes.ts'
import { atMost, times } from '../results/goals.ts'
import type { Figures } from '../results/report.ts'
import { showSpread, spreadOf } from '../results/rounds.ts'

/** Requests are prepared for so many seconds at a time. */
const SLICE_SECONDS = 5
/** As many of each kind at first; later somewhat more than were answered. */
const PREPARED = 2_000
const MB = 1_000_000
/** Whether memory is flat shows in no less time. */
const FLAT_MINUTES = 10
/** The last tenth may be so much more than the second: a heap breathes. */
const FLAT = 1.1

/** Resident memory of Tael while payments are started and reported as paid, for minutes. */
export async function measureMemory(laboratory: Laboratory): Promise<Figures> {
  const { connections, minutes } = laboratory.options
  const tael = await laboratory.startTael()
  const { pid } = onlyProgram(tael)
  const watch = new AbortController()
  const samples: number[] = []
  const watching = (async () => {
    for await (const _ of every(1_000, undefined, { signal: watch.signal }))
      samples.push((await readResidentBytes(pid)) / MB)
  })().catch((error: unknown) => {
    if (!watch.signal.aborted) throw error
  })
  let answered = 0
  const end = performance.now() + minutes * 60_000
  for (let prepared = PREPARED; performance.now() < end;) {
    const counts = await loadBoth(tael, connections, prepared)
    prepared = Math.ceil(1.5 * Math.max(...counts)) + connections
    answered += counts.reduce((sum, count) => sum + count, 0)
  }
  watch.abort()
  await watching
  await tael.stop()

  const parts = Array.from({ length: 10 }, (_, index) =>
    samples.slice((index * samples.length) / 10, ((index + 1) * samples.length) / 10),
  ).filter((part) => part.length > 0)
  const medians = parts.map((part) => spreadOf(part).median)
  const growth = (medians.at(-1) ?? Number.NaN) / (medians[1] ?? Number.NaN)
  return {
    how: `One Tael for ${minutes} min under payments and webhooks on ${connections / 2} connections each: ${answered} requests. Resident MB, in ten parts of the time.`,
    tables: [
      {
        columns: parts.map((_, index) => `part ${index + 1}`),
        rows: [parts.map((part) => showSpread(spreadOf(part)))],
      },
    ],
    goals: [
      atMost('at most 200 MB', 200, Math.max(...samples), (value) => `${value.toFixed(0)} MB`),
      ...(minutes < FLAT_MINUTES
        ? []
        : [atMost(`flat: the last tenth at most ${FLAT} × the second`, FLAT, growth, times)]),
    ],
  }
}

/** Returns how many requests of each kind were answered. */
async function loadBoth(
  { programs, shop }: Subject,
  connections: number,
  prepared: number,
): Promise<readonly number[]> {
  const orders = await shop.openOrders(prepared)
  const attempts = await shop.startAttempts(prepared)
  const pace = {
    urls: programs.map(({ url }) => url),
    connections: Math.ceil(connections / 2),
    seconds: SLICE_SECONDS,
  }
  const both = await Promise.all([
    send({ ...pace, requests: orders.map((order) => paymentOf(order)), status: 201 }),
    send({ ...pace, requests: attempts.map((attempt) => webhookOf(attempt)), status: 202 }),
  ])
  return both.map(({ count }) => count)
}
