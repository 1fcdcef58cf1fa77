import { make } from '@tael/miniprogram-host/dom'
import { type Call, durationOf } from './calls.ts'
import { accessibleName, formatDuration, formatTime, shortLabel } from './labels.ts'
import { lanes } from './lanes.ts'
import type { DiagramRow } from './rows.ts'

/** Draws a row into its button, anew after each change. `call` is its request with the answer. */
export function drawRow(element: HTMLButtonElement, row: DiagramRow, call: Call | undefined): void {
  const from = lanes.indexOf(row.from)
  const to = lanes.indexOf(row.to)
  const label = make('span', 'arrow-label', {}, shortLabel(row.label))
  const duration = row.kind === 'answer' && call !== undefined ? durationOf(call) : undefined
  if (duration !== undefined) label.append(make('span', 'arrow-duration', {}, formatDuration(duration)))
  const track = make('span', 'track', {}, label, make('span', 'arrow', { 'aria-hidden': 'true' }))
  track.style.setProperty('--from', String(Math.min(from, to)))
  track.style.setProperty('--span', String(Math.abs(to - from)))
  element.replaceChildren(
    make('time', 'row-time', { datetime: new Date(row.at).toISOString() }, formatTime(row.at)),
    track,
  )
  element.setAttribute('aria-label', accessibleName(row))
  element.title = row.label
  const { dataset } = element
  dataset['kind'] = row.kind
  dataset['lane'] = row.from
  dataset['direction'] = from === to ? 'none' : to < from ? 'left' : 'right'
  element.toggleAttribute('data-failed', row.failed)
  element.toggleAttribute('data-webhook', row.webhook)
  if (row.travel === undefined) delete dataset['travel']
  else dataset['travel'] = row.travel
}
