/** The viewer's time zone, such as `Asia/Shanghai`. */
const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** A moment in the viewer's zone: `27 Nov 2026, 15:04:09`. */
export function formatTime(iso: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso))
}

/** The time of day in the viewer's zone, with seconds. */
export function formatTimeOfDay(at: Date, language: string): string {
  return new Intl.DateTimeFormat(language, { timeStyle: 'medium' }).format(at)
}

/** The day of a moment in the viewer's zone: `27 Nov 2026`. */
export function formatDay(iso: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(new Date(iso))
}

/** The name of the viewer's zone with its offset: `Asia/Shanghai (GMT+8)`. */
export function describeZone(language: string): string {
  const parts = new Intl.DateTimeFormat(language, { timeZoneName: 'shortOffset' }).formatToParts(new Date())
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return `${timeZone} (${offset})`
}

const SECOND_MS = 1000

/** How long something took, in the unit that fits: `340 ms`, `2.1 s`. */
export function formatDuration(ms: number): string {
  return ms < SECOND_MS ? `${ms} ms` : `${(ms / SECOND_MS).toFixed(1)} s`
}

/** The moment when a day of the viewer begins (`2026-11-27`), in UTC as the server's lists want it. */
export function startOfDay(day: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined
  const date = new Date(`${day}T00:00:00`)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
