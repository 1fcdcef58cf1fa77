import { make } from '@tael/miniprogram-host/dom'
import { button } from '../button.ts'
import { createAutoScroll } from './auto-scroll.ts'
import { createDetails } from './details.ts'
import { harOf } from './har.ts'
import { laneNames, lanes } from './lanes.ts'
import { createRovingFocus } from './roving-focus.ts'
import { type Drawn, RowList } from './row-list.ts'
import type { DiagramRow } from './rows.ts'

/** The live sequence diagram. */
export interface Diagram {
  /** Adds a row at its time; one with a known id is ignored. */
  add(row: DiagramRow): void
  /** Marks the request of a call as sent. */
  markSent(call: string): void
  /** Marks every request that still waits to leave as one that never left. */
  abandonWaiting(): void
  /** Oldest first. */
  rows(): readonly DiagramRow[]
}

export interface DiagramActions {
  readonly copy: (text: string) => void
  /** Called after each change of the rows. */
  readonly changed: () => void
}

export function createDiagram(parent: HTMLElement, { copy, changed }: DiagramActions): Diagram {
  const select = (each: Drawn): void => {
    autoScroll.pause()
    list.select(each)
    details.show(each.row, list.callOf(each.row))
    details.element.scrollTop = 0
    each.button.scrollIntoView({ block: 'nearest' })
  }
  const list: RowList = new RowList({
    tapped: select,
    redrawn: ({ row }) => {
      const shown = list.selected?.row
      if (shown?.call !== undefined && shown.call === row.call) details.show(shown, list.callOf(shown))
      changed()
    },
  })
  const empty = make('p', 'rows-empty', {}, 'No calls yet. Tap through the Mini Program.')
  const body = make('div', 'rows-body', {}, lines(), empty, list.element)
  const scroller = make('div', 'rows-scroller', {}, body)
  const autoScroll = createAutoScroll(scroller)
  const rovingFocus = createRovingFocus(list.element)
  const details = createDetails({
    closed: () => {
      const before = list.selected
      list.select(undefined)
      before?.button.focus()
      autoScroll.resume()
    },
    select: ({ id }) => {
      const each = list.find(id)
      if (each !== undefined) select(each)
    },
    copy,
  })
  const search = createSearch(list)
  const rows = (): readonly DiagramRow[] => list.all.map(({ row }) => row)
  const clear = button('Clear', () => {
    list.clear()
    empty.hidden = false
    details.close()
    changed()
  })
  const download = button('Export HAR', () => save(harOf(rows())))
  download.title = 'Save the HTTP calls as an HTTP Archive'
  list.element.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') details.close()
  })
  parent.append(header(search.element, download, clear), laneHeader(), scroller, details.element)

  return {
    rows,
    markSent: (call) => list.markSent(call),
    abandonWaiting: () => list.abandonWaiting(),
    add: (row) => {
      if (!list.add(row)) return
      const each = list.find(row.id)
      if (each !== undefined) search.apply(each)
      rovingFocus.offer(list.all[0]?.button)
      empty.hidden = true
      autoScroll.contentAdded()
    },
  }
}

/** A field that hides the calls without its text in a label, a header or a body of either half. */
function createSearch(list: RowList) {
  const element = make('input', 'search', {
    type: 'search',
    placeholder: 'Search',
    'aria-label': 'Search calls',
  })
  const apply = (each: Drawn): void => {
    const text = element.value.trim().toLowerCase()
    const halves = list.halvesOf(each)
    const isFound = text === '' || halves.some(({ row }) => contains(row, text))
    for (const half of halves) half.element.hidden = !isFound
  }
  element.addEventListener('input', () => list.all.forEach(apply))
  return { element, apply }
}

/** Whether a row contains a text in lower case. */
function contains({ label, headers, body }: DiagramRow, text: string): boolean {
  return JSON.stringify([label, headers, body]).toLowerCase().includes(text)
}

/** A browser reads the file a moment after the click. */
const SAVING_MS = 60_000

/** Saves JSON as a file of the developer's. */
function save(har: object): void {
  const href = URL.createObjectURL(new Blob([JSON.stringify(har, null, 2)], { type: 'application/json' }))
  make('a', '', { href, download: 'tael.har' }).click()
  setTimeout(() => URL.revokeObjectURL(href), SAVING_MS)
}

function header(search: HTMLElement, ...buttons: readonly HTMLElement[]): HTMLElement {
  const kinds = ['request', 'answer', 'webhook', 'failed', 'decision']
  const legends = kinds.map((kind) => make('span', `legend legend-${kind}`, {}, kind))
  return make(
    'header',
    'calls-header',
    {},
    make('h2', '', {}, 'Calls'),
    make('p', 'legends', {}, ...legends),
    search,
    make('div', 'buttons', {}, ...buttons),
  )
}

function laneHeader(): HTMLElement {
  const names = lanes.map((lane) => make('span', '', {}, laneNames[lane]))
  return make('div', 'lanes', { 'aria-hidden': 'true' }, ...names)
}

function lines(): HTMLElement {
  return make('div', 'lines', { 'aria-hidden': 'true' }, ...lanes.map(() => make('i', '')))
}
