import { laneNames } from './lanes.ts'
import type { DiagramRow } from './rows.ts'

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})

/** `14:03:07.120`, in the developer's time zone. */
export function formatTime(at: number): string {
  return clock.format(at)
}

/** `34 ms`, `1.2 s` */
export function formatDuration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`
}

/** Cuts ids such as `ord_01a2…` in the middle, so that the path around them stays readable. */
export function shortLabel(label: string): string {
  return label.replace(/\b([a-z]{2,4}_)[A-Za-z0-9]{12,}([A-Za-z0-9]{2})\b/g, '$1…$2')
}

const endings = new Map<DiagramRow['travel'], string>([
  ['unsent', ' (never left)'],
  ['lost', ' (lost on the way)'],
])

/** What assistive technology reads of a row. */
export function accessibleName(row: DiagramRow): string {
  const { from, to, kind, label, webhook, failed, travel } = row
  const what = webhook ? `webhook ${kind}` : kind
  const route = from === to ? laneNames[from] : `${laneNames[from]} to ${laneNames[to]}`
  const ending = kind === 'request' ? (endings.get(travel) ?? '') : ''
  return `${route}, ${what}: ${label}${failed && kind === 'answer' ? ' (failed)' : ''}${ending}`
}
