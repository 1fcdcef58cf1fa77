import { make } from '@tael/miniprogram-host/dom'
import { button } from '../button.ts'
import { type Call, durationOf } from './calls.ts'
import { curlOf } from './curl.ts'
import { explain } from './explanations.ts'
import { formatDuration, formatTime } from './labels.ts'
import { laneNames } from './lanes.ts'
import type { DiagramRow } from './rows.ts'

/** The panel with the explanation, the headers and the body of one row. */
export interface Details {
  readonly element: HTMLElement
  /** `call` is the row's request with its answer; undefined for a row that is no call. */
  show(row: DiagramRow, call: Call | undefined): void
  close(): void
}

export interface DetailsActions {
  readonly closed: () => void
  /** Selects another row. */
  readonly select: (row: DiagramRow) => void
  readonly copy: (text: string) => void
}

export function createDetails({ closed, select, copy }: DetailsActions): Details {
  const element = make('section', 'details', { 'aria-label': 'Message details' })
  element.hidden = true
  const close = (): void => {
    if (element.hidden) return
    element.hidden = true
    closed()
  }
  element.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') close()
  })
  return {
    element,
    close,
    show: (row, call) => {
      const buttons = make('div', 'buttons')
      const other = row.kind === 'request' ? call?.answer : call?.request
      if (other !== undefined)
        buttons.append(button(row.kind === 'request' ? 'Its answer' : 'Its request', () => select(other)))
      if (row.kind === 'request' && row.url !== undefined)
        buttons.append(button('Copy as curl', () => copy(curlOf(row))))
      buttons.append(button('Close details', close))
      element.replaceChildren(
        make(
          'header',
          'details-header',
          {},
          make(
            'div',
            '',
            {},
            make('h3', '', {}, row.label),
            make('p', '', {}, [routeOf(row), formatTime(row.at), ...timing(row, call)].join(', ')),
          ),
          buttons,
        ),
        ...explanation(row, call),
        ...headerTable(row.headers),
        ...bodyText(row.body),
      )
      element.hidden = false
    },
  }
}

function routeOf({ from, to }: DiagramRow): string {
  return from === to ? laneNames[from] : `${laneNames[from]} → ${laneNames[to]}`
}

function timing(row: DiagramRow, call: Call | undefined): readonly string[] {
  const isAnswer = row.kind === 'answer'
  if (row.travel === 'waiting') return ['waiting to leave the phone']
  if (row.travel === 'unsent') return [isAnswer ? 'because the request was lost' : 'never left the phone']
  if (row.travel === 'lost') return ['lost on the way']
  const ms = call === undefined ? undefined : durationOf(call)
  if (ms !== undefined)
    return [row.kind === 'request' ? `answered after ${formatDuration(ms)}` : formatDuration(ms)]
  return row.kind === 'request' && row.call !== undefined ? ['no answer yet'] : []
}

function explanation(row: DiagramRow, call: Call | undefined): HTMLElement[] {
  const found = explain(row, call?.request)
  if (found === undefined) return []
  const { sentence, link } = found
  const paragraph = make('p', 'details-explanation', {}, sentence)
  if (link !== undefined) {
    const attributes = { href: link.href, target: '_blank', rel: 'noreferrer' }
    paragraph.append(' ', make('a', '', attributes, link.text))
  }
  return [paragraph]
}

function headerTable(headers: DiagramRow['headers']): HTMLElement[] {
  const entries = Object.entries(headers ?? {})
  if (entries.length === 0) return []
  const rows = entries.flatMap(([name, value]) => [make('dt', '', {}, name), make('dd', '', {}, value)])
  return [make('h4', '', {}, 'Headers'), make('dl', 'details-headers', {}, ...rows)]
}

function bodyText(body: unknown): HTMLElement[] {
  if (body === undefined) return [make('p', 'details-empty', {}, 'No body.')]
  const text = typeof body === 'string' ? indented(body) : JSON.stringify(body, null, 2)
  return [
    make('h4', '', {}, 'Body'),
    make('pre', 'details-body', { tabindex: '0', 'aria-label': 'Body' }, text),
  ]
}

/** Formats a text body that contains JSON. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
