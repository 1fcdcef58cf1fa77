import { make } from '@tael/miniprogram-host/dom'
import { laneNames } from './lanes.ts'
import type { DiagramRow } from './rows.ts'

/** The panel with the headers and the body of one row. */
export interface Details {
  readonly element: HTMLElement
  show(row: DiagramRow): void
  close(): void
}

export function createDetails(closed: () => void): Details {
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
    show: (row) => {
      const button = make('button', 'button', { type: 'button' }, 'Close details')
      button.addEventListener('click', close)
      const route =
        row.from === row.to ? laneNames[row.from] : `${laneNames[row.from]} → ${laneNames[row.to]}`
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
            make('p', '', {}, `${route}, ${formatTime(row.at)}`),
          ),
          button,
        ),
        ...headerTable(row.headers),
        ...bodyText(row.body),
      )
      element.hidden = false
    },
  }
}

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
