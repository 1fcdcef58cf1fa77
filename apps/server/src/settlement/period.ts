/** A period; `to` is exclusive. */
export interface Period {
  readonly from: Date
  readonly to: Date
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const DAY_MS = 24 * 60 * MINUTE_MS

/**
 * Minutes ahead of UTC of the time zones that a report can name: abbreviations, as Adyen documents
 * BST, CET and CEST. Ambiguous ones are left out, such as CST (China, Chicago) and IST (India,
 * Israel). `Intl` does not know CEST or PDT, and reads BST as Bangladesh.
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
 * The period that contains a line's Creation Date: one second where the time zone is known, else
 * wider by a day on either side. Undefined where the text is not a date.
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

/** The shortest period that contains both. */
export function widen(one: Period | undefined, other: Period): Period {
  if (one === undefined) return other
  return { from: one.from < other.from ? one.from : other.from, to: one.to > other.to ? one.to : other.to }
}
