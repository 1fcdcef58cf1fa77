import { OVERVIEW_BUCKETS_MAX, type Overview, type OverviewQuery } from '@tael/contracts'
import { HttpProblem } from '../http/problem.ts'
import { readMoment } from '../http/moment.ts'

/** A period in equal intervals. Days are 24 hours from the shop's midnight: its clock has no summer time. */
export interface Period {
  readonly interval: Overview['interval']
  readonly bucketMs: number
  /** When each interval begins, oldest first. */
  readonly starts: readonly [Date, ...Date[]]
  readonly end: Date
}

const HOUR_MS = 3_600_000
const bucketMsOf = { hour: HOUR_MS, day: 24 * HOUR_MS } as const
/** How many intervals an overview has where the query names no beginning. */
const usual = { hour: 24, day: 7 } as const
/** China's time. */
const OFFSET_MINUTES = 480

/** The period that a query asks for, whose first interval is whole. Throws where it is empty or too long. */
export function readPeriod(query: OverviewQuery, now: Date): Period {
  const { interval = 'day', offset = OFFSET_MINUTES } = query
  const bucketMs = bucketMsOf[interval]
  const floor = (time: number): number =>
    time - ((((time + offset * 60_000) % bucketMs) + bucketMs) % bucketMs)
  const end = readMoment('to', query.to) ?? now
  const from = readMoment('from', query.from)?.getTime()
  const first = from === undefined ? floor(end.getTime() - 1) - (usual[interval] - 1) * bucketMs : floor(from)
  const count = Math.ceil((end.getTime() - first) / bucketMs)
  const max = OVERVIEW_BUCKETS_MAX[interval]
  if (count < 1 || count > max) {
    const errors = [{ path: 'query/from', message: `leads to ${count} intervals` }]
    const detail = `Send a from and a to between which there are 1 to ${max} intervals.`
    throw new HttpProblem('validation_failed', detail, { errors })
  }
  const later = Array.from({ length: count - 1 }, (_, n) => new Date(first + (n + 1) * bucketMs))
  return { interval, bucketMs, starts: [new Date(first), ...later], end }
}
