import type { FastifyBaseLogger } from 'fastify'
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { HttpProblem } from './problem.ts'

/**
 * How many requests a minute each caller may send; they stop only floods. A caller has a session, a
 * key, or only an address, which strangers may share.
 */
const requestsPerMinute = {
  /** In one session: known before the session is looked up. */
  session: 600,
  /** By one shopper, in all sessions. */
  shopper: 600,
  /** With one operator's key. */
  operator: 600,
  /** With the key of a merchant's backend, which sends those of all shoppers. */
  merchant: 6_000,
  /** From one address, for what anyone may read. */
  open: 1200,
  /** From one address, to log in without an earlier session. */
  login: 600,
  /** From one address, with a bad token, key or password, or for a path that does not exist. */
  refused: 300,
} as const
type Limit = keyof typeof requestsPerMinute

/** A caller's level is shared with the other servers from this part of the limit on. */
const SHARED_FROM = 0.05
const SHARE_EVERY_MS = 1_000
/** How many callers are counted. Beyond that the longest known is forgotten. */
const CALLERS_MAX = 100_000

/**
 * How many requests a caller has sent: rises by one with each, and drains at the rate of the limit.
 */
interface Level {
  readonly limit: number
  level: number
  /** When `level` was right, in milliseconds of this process. */
  at: number
  /** How many of them the other servers do not know about. */
  unshared: number
}

/** Counts requests, and refuses those of a caller who sends too many. */
export interface RequestLimits {
  /** Counts a request. Throws `rate_limited`, and counts nothing, where the caller has sent too many. */
  count(limit: Limit, caller: string): void
  close(): Promise<void>
}

/**
 * Counts in memory, so that a request costs no query. Once a second the servers exchange the counts
 * of busy callers in one statement: together they admit little more than the limit.
 */
export function limitRequests(db: Db, log: FastifyBaseLogger): RequestLimits {
  const levels = new Map<string, Level>()
  let sharing = Promise.resolve()
  let failed = false

  const timer = setInterval(() => {
    sharing = sharing.then(share)
  }, SHARE_EVERY_MS)
  timer.unref()

  async function share(): Promise<void> {
    const busy = findBusy(levels)
    if (busy.length === 0) return
    try {
      await exchange(db, busy)
      failed = false
    } catch (error) {
      if (!failed) log.warn({ err: error }, 'each server limits requests by itself')
      failed = true
    }
  }

  return {
    count(limit, caller) {
      const perMinute = requestsPerMinute[limit]
      const level = levelOf(levels, `${limit} ${caller}`, perMinute)
      drain(level)
      const excess = level.level + 1 - perMinute
      if (excess > 0) {
        const retryAfterSeconds = Math.max(1, Math.ceil((excess / perMinute) * 60))
        const detail = `Wait ${retryAfterSeconds} s and send the request again.`
        throw new HttpProblem('rate_limited', detail, { retryAfterSeconds })
      }
      level.level += 1
      level.unshared += 1
    },
    async close() {
      clearInterval(timer)
      await sharing
    },
  }
}

function levelOf(levels: Map<string, Level>, caller: string, limit: number): Level {
  const known = levels.get(caller)
  if (known !== undefined) return known
  const [oldest] = levels.keys()
  if (levels.size >= CALLERS_MAX && oldest !== undefined) levels.delete(oldest)
  const level = { limit, level: 0, at: performance.now(), unshared: 0 }
  levels.set(caller, level)
  return level
}

function drain(level: Level): void {
  const now = performance.now()
  level.level = Math.max(0, level.level - ((now - level.at) / 60_000) * level.limit)
  level.at = now
}

/** The callers whose new requests the other servers must know about; forgets those who sent none. */
function findBusy(levels: Map<string, Level>): readonly (readonly [string, Level])[] {
  for (const [caller, level] of levels) {
    drain(level)
    if (level.level === 0) levels.delete(caller)
  }
  return [...levels].filter(([, { level, limit, unshared }]) => unshared > 0 && level >= limit * SHARED_FROM)
}

/** Adds the new requests of these callers to what all servers count, and learns their levels. */
async function exchange(db: Db, busy: readonly (readonly [string, Level])[]): Promise<void> {
  const sent = busy.map(([caller, { limit, unshared }]) => ({ caller, level: unshared, drain: limit / 60 }))
  const { rows } = await sql<{ caller: string; level: number }>`
    insert into request_levels (caller, level, drain)
    select caller, level, drain
    from jsonb_to_recordset(${JSON.stringify(sent)}::jsonb) as sent (caller text, level real, drain real)
    -- In one order at every server, so that two never deadlock.
    order by caller
    on conflict (caller) do update set at = now(), level = excluded.level + greatest(
      0, request_levels.level - extract(epoch from now() - request_levels.at) * excluded.drain
    )
    returning caller, level`.execute(db)
  const shared = new Map(rows.map(({ caller, level }) => [caller, level]))
  for (const [index, [caller, level]] of busy.entries()) {
    level.unshared -= sent[index]?.level ?? 0
    level.level = (shared.get(caller) ?? level.level) + level.unshared
    level.at = performance.now()
  }
}
