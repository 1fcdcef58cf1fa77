import { request } from 'undici'
import { sql } from 'kysely'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import { allUnknown, fail, type Finding, pass, passIf, unknown } from './finding.ts'

const WRONG_MS = 30_000
const WAIT_MS_MAX = 5_000

/** A clock, by how many milliseconds it is ahead of this machine's. */
interface Clock {
  readonly host: string
  readonly aheadMs: number
}

/** This machine's clock and PostgreSQL's, against the time that Adyen and WeChat answer with. */
export async function examineClocks(
  { adyen, wechat }: Pick<Config, 'adyen' | 'wechat'>,
  db: Db | undefined,
): Promise<Finding[]> {
  const origins = [adyen.checkoutUrl, wechat.apiUrl].flatMap((url) => URL.parse(url)?.origin ?? [])
  const asked = await Promise.all([...new Set(origins)].map(readHttpClock))
  const [source] = asked.filter((clock) => clock !== undefined)
  const database = db === undefined ? undefined : await readDatabaseClock(db)
  if (source === undefined) {
    const found = fail('clock.sources', `neither ${origins.join(' nor ')} answers with a time`)
    const apart = database === undefined ? 0 : Math.abs(database.aheadMs)
    const rest =
      apart > WRONG_MS
        ? `this machine and PostgreSQL are ${describe(apart)} apart, and nobody tells which is right`
        : 'nobody outside tells the time'
    return [found, ...allUnknown('clock', rest, [found])]
  }
  return [
    pass('clock.sources', `${source.host} tells the time`),
    passIf(
      Math.abs(source.aheadMs) <= WRONG_MS,
      'clock.machine',
      `${describe(Math.abs(source.aheadMs))} away from the time of ${source.host}`,
    ),
    compareDatabase(source, database),
  ]
}

function compareDatabase(source: Clock, database: Clock | undefined): Finding {
  if (database === undefined) return unknown('clock.database', 'the database is not reached')
  const apart = Math.abs(source.aheadMs - database.aheadMs)
  return passIf(
    apart <= WRONG_MS,
    'clock.database',
    `${describe(apart)} away from the time of ${source.host}`,
  )
}

const describe = (ms: number): string => `${Math.round(ms / 1000)} s`

/** The time in the header of any answer, whatever its status. Undefined where none comes. */
async function readHttpClock(origin: string): Promise<Clock | undefined> {
  try {
    const { headers, body } = await request(origin, {
      method: 'HEAD',
      signal: AbortSignal.timeout(WAIT_MS_MAX),
    })
    await body.dump()
    const time = Date.parse(String(headers['date']))
    return Number.isNaN(time) ? undefined : { host: new URL(origin).host, aheadMs: time - Date.now() }
  } catch {
    // Not reached: the checks of that service name why.
    return undefined
  }
}

async function readDatabaseClock(db: Db): Promise<Clock> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db)
  return { host: 'PostgreSQL', aheadMs: (rows[0]?.now.getTime() ?? 0) - Date.now() }
}
