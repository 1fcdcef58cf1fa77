import { make } from '@tael/miniprogram-host/dom'
import { createDetails, timeOf } from './details.ts'
import { createEntry } from './entry.ts'
import { createFollowing } from './following.ts'
import { laneNames, lanes } from './lanes.ts'
import type { DiagramMessage } from './messages.ts'

/** The live sequence diagram. */
export interface Diagram {
  add(message: DiagramMessage): void
}

/** How many messages stay in the diagram; the oldest go first. */
const ROWS_MAX = 500

export function createDiagram(parent: HTMLElement): Diagram {
  const rows: {
    readonly message: DiagramMessage
    readonly element: HTMLLIElement
    readonly button: HTMLButtonElement
  }[] = []
  const list = make('ol', 'rows', { 'aria-label': 'Messages, oldest first' })
  const empty = make('p', 'rows-empty', {}, 'No calls yet. Tap through the Mini Program.')
  const scroller = make('div', 'rows-scroller', {}, make('div', 'rows-body', {}, lines(), empty, list))
  const following = createFollowing(scroller)
  const details = createDetails(() => {
    select(undefined)
    following.resume()
  })
  const clear = make('button', 'button', { type: 'button' }, 'Clear')
  let selected: HTMLElement | undefined
  const entry = createEntry(list)

  const select = (row: HTMLElement | undefined): void => {
    selected?.removeAttribute('aria-current')
    const before = selected
    selected = row
    row?.setAttribute('aria-current', 'true')
    if (row === undefined) before?.focus()
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
    add: (message) => {
      const button = createRow(message)
      button.addEventListener('click', () => {
        following.hold()
        select(button)
        details.show(message)
        button.scrollIntoView({ block: 'nearest' })
      })
      const element = make('li', '', {}, button)
      const after = rows.findLastIndex((row) => row.message.at <= message.at)
      const next = rows[after + 1]
      rows.splice(after + 1, 0, { message, element, button })
      list.insertBefore(element, next?.element ?? null)
      if (rows.length > ROWS_MAX) rows.shift()?.element.remove()
      entry.offer(rows[0]?.button)
      empty.hidden = true
      following.grown()
    },
  }
}

function createRow(message: DiagramMessage): HTMLButtonElement {
  const from = lanes.indexOf(message.from)
  const to = lanes.indexOf(message.to)
  const arrow = make('span', 'arrow', { 'aria-hidden': 'true' })
  const label = make('span', 'arrow-label', {}, message.label)
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
      'aria-label': accessibleName(message),
      title: message.label,
      'data-kind': message.kind,
      'data-direction': to < from ? 'left' : 'right',
    },
    make('time', 'row-time', { datetime: new Date(message.at).toISOString() }, timeOf(message.at)),
    track,
  )
  if (message.failed) button.dataset['failed'] = ''
  if (message.webhook) button.dataset['webhook'] = ''
  return button
}

function accessibleName({ from, to, kind, label, webhook, failed }: DiagramMessage): string {
  const what = kind === 'note' ? 'error' : webhook ? `webhook ${kind}` : kind
  const route = from === to ? laneNames[from] : `${laneNames[from]} to ${laneNames[to]}`
  return `${route}, ${what}: ${label}${failed && kind !== 'note' ? ' (failed)' : ''}`
}

function lines(): HTMLElement {
  return make('div', 'lines', { 'aria-hidden': 'true' }, ...lanes.map(() => make('i', '')))
}

function legend(): HTMLElement {
  const kinds = ['request', 'answer', 'webhook', 'failed']
  return make('p', 'legends', {}, ...kinds.map((kind) => make('span', `legend legend-${kind}`, {}, kind)))
}
