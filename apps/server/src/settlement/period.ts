/** A span of time, its end left out. */
export interface Period {
  readonly from: Date
  readonly to: Date
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const DAY_MS = 24 * 60 * MINUTE_MS

/**
 * Minutes ahead of UTC of the time zones a report can name. Adyen calls the column "Alpha Text (4)": abbreviations, with
 * a name of its own for summer time (its page names BST, CET and CEST). `Intl` is no help: it does not know CEST or PDT,
 * and takes BST for Bangladesh. Abbreviations that stand for several zones (CST is China's and Chicago's, IST India's
 * and Israel's) are left out, so that nobody is misled.
 */
const offsetMinutes: ReadonlyMap<string, number> = new Map([
  ['UTC', 0],
  ['GMT', 0],
  ['WET', 0],
  ['WEST', 60],
  ['BST', 60],
  ['CET', 60],
  ['CEST', 120],
  ['EET', 120],
  ['EEST', 180],
  ['SGT', 480],
  ['HKT', 480],
  ['JST', 540],
  ['AEST', 600],
  ['AEDT', 660],
  ['NZST', 720],
  ['NZDT', 780],
  ['EST', -300],
  ['EDT', -240],
  ['CDT', -300],
  ['MST', -420],
  ['MDT', -360],
  ['PST', -480],
  ['PDT', -420],
])

/**
 * The span of time that one line's Creation Date stands for: its second where the time zone is known, and a day more on
 * either side where it is not. Undefined where it is no date.
 */
export function spanOf(creationDate: string, timeZone: string): Period | undefined {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(creationDate)
  const wallMs = match === null ? NaN : Date.parse(`${match[1]}T${match[2]}Z`)
  if (Number.isNaN(wallMs)) return undefined
  const offset = offsetMinutes.get(timeZone)
  const [ahead, behind] = offset === undefined ? [DAY_MS, DAY_MS] : [offset * MINUTE_MS, -offset * MINUTE_MS]
  return { from: new Date(wallMs - ahead), to: new Date(wallMs + behind + SECOND_MS) }
}

export function isKnownTimeZone(timeZone: string): boolean {
  return offsetMinutes.has(timeZone)
}

/** The shortest period that holds both. */
export function around(one: Period | undefined, other: Period): Period {
  if (one === undefined) return other
  return { from: one.from < other.from ? one.from : other.from, to: one.to > other.to ? one.to : other.to }
}
