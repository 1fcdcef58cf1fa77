const NON_BREAKING_HYPHEN = '\u2011'

/** An ISO 8601 instant as `2026-11-23 08:05` in the phone's time zone. Phones lack `Intl`. */
export function localTime(instant: string): string {
  const time = new Date(instant)
  return `${dayOf(time)} ${timeOfDay(time)}`
}

/** As `localTime` for a sentence, without the day where it is today. No line ends inside the day. */
export function localTimeToday(instant: string): string {
  const time = new Date(instant)
  const isToday = dayOf(time) === dayOf(new Date())
  return isToday ? timeOfDay(time) : localTime(instant).split('-').join(NON_BREAKING_HYPHEN)
}

/** Whole minutes, one at least. */
export function minutesOf(ms: number): number {
  return Math.max(1, Math.floor(ms / 60_000))
}

function dayOf(time: Date): string {
  return `${time.getFullYear()}-${twoDigits(time.getMonth() + 1)}-${twoDigits(time.getDate())}`
}

function timeOfDay(time: Date): string {
  return `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
