import { make } from '@tael/miniprogram-host/dom'
import { createDetails, formatTime } from './details.ts'
import { createAutoScroll } from './auto-scroll.ts'
import { laneNames, lanes } from './lanes.ts'
import { createRovingFocus } from './roving-focus.ts'
import type { DiagramRow } from './rows.ts'

/** The live sequence diagram. */
export interface Diagram {
  add(row: DiagramRow): void
}

/** The diagram keeps the newest rows. */
const ROWS_MAX = 500

export function createDiagram(parent: HTMLElement): Diagram {
  const rows: {
    readonly row: DiagramRow
    readonly element: HTMLLIElement
    readonly button: HTMLButtonElement
  }[] = []
  const list = make('ol', 'rows', { 'aria-label': 'Messages, oldest first' })
  const empty = make('p', 'rows-empty', {}, 'No calls yet. Tap through the Mini Program.')
  const scroller = make('div', 'rows-scroller', {}, make('div', 'rows-body', {}, lines(), empty, list))
  const autoScroll = createAutoScroll(scroller)
  const details = createDetails(() => {
    select(undefined)
    autoScroll.resume()
  })
  const clear = make('button', 'button', { type: 'button' }, 'Clear')
  let selected: HTMLElement | undefined
  const rovingFocus = createRovingFocus(list)

  const select = (button: HTMLElement | undefined): void => {
    selected?.removeAttribute('aria-current')
    const before = selected
    selected = button
    button?.setAttribute('aria-current', 'true')
    if (button === undefined) before?.focus()
  }
  clear.addEventListener('click', () => {
    rows.length = 0
    list.replaceChildren()
    empty.hidden = false
    selected = undefined
    details.close()
  })
  list.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') details.close()
  })
  parent.append(
    make('header', 'calls-header', {}, make('h2', '', {}, 'Calls'), legend(), clear),
    make(
      'div',
      'lanes',
      { 'aria-hidden': 'true' },
      ...lanes.map((lane) => make('span', '', {}, laneNames[lane])),
    ),
    scroller,
    details.element,
  )

  return {
    add: (row) => {
      const button = createRow(row)
      button.addEventListener('click', () => {
        autoScroll.pause()
        select(button)
        details.show(row)
        button.scrollIntoView({ block: 'nearest' })
      })
      const element = make('li', '', {}, button)
      const after = rows.findLastIndex((other) => other.row.at <= row.at)
      const next = rows[after + 1]
      rows.splice(after + 1, 0, { row, element, button })
      list.insertBefore(element, next?.element ?? null)
      if (rows.length > ROWS_MAX) rows.shift()?.element.remove()
      rovingFocus.offer(rows[0]?.button)
      empty.hidden = true
      autoScroll.contentAdded()
    },
  }
}

function createRow(row: DiagramRow): HTMLButtonElement {
  const from = lanes.indexOf(row.from)
  const to = lanes.indexOf(row.to)
  const arrow = make('span', 'arrow', { 'aria-hidden': 'true' })
  const label = make('span', 'arrow-label', {}, row.label)
  const track = make('span', 'track', {}, label, arrow)
  const left = Math.min(from, to)
  track.style.setProperty('--from', String(left))
  track.style.setProperty('--span', String(Math.abs(to - from)))
  const button = make(
    'button',
    'row',
    {
      type: 'button',
      tabindex: '-1',
      'aria-label': accessibleName(row),
      title: row.label,
      'data-kind': row.kind,
      'data-direction': to < from ? 'left' : 'right',
    },
    make('time', 'row-time', { datetime: new Date(row.at).toISOString() }, formatTime(row.at)),
    track,
  )
  if (row.failed) button.dataset['failed'] = ''
  if (row.webhook) button.dataset['webhook'] = ''
  return button
}

function accessibleName({ from, to, kind, label, webhook, failed }: DiagramRow): string {
  const what = webhook ? `webhook ${kind}` : kind
  const route = from === to ? laneNames[from] : `${laneNames[from]} to ${laneNames[to]}`
  return `${route}, ${what}: ${label}${failed && kind !== 'error' ? ' (failed)' : ''}`
}

function lines(): HTMLElement {
  return make('div', 'lines', { 'aria-hidden': 'true' }, ...lanes.map(() => make('i', '')))
}

function legend(): HTMLElement {
  const kinds = ['request', 'answer', 'webhook', 'failed']
  return make('p', 'legends', {}, ...kinds.map((kind) => make('span', `legend legend-${kind}`, {}, kind)))
}
