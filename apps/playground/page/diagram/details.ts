import { make } from '@tael/miniprogram-host/dom'
import type { DiagramMessage } from './messages.ts'
import { laneNames } from './lanes.ts'

/** The panel with one message's headers and body. */
export interface Details {
  readonly element: HTMLElement
  show(message: DiagramMessage): void
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
    show: (message) => {
      const button = make('button', 'button', { type: 'button' }, 'Close details')
      button.addEventListener('click', close)
      const route =
        message.from === message.to
          ? laneNames[message.from]
          : `${laneNames[message.from]} → ${laneNames[message.to]}`
      element.replaceChildren(
        make(
          'header',
          'details-header',
          {},
          make(
            'div',
            '',
            {},
            make('h3', '', {}, message.label),
            make('p', '', {}, `${route}, ${timeOf(message.at)}`),
          ),
          button,
        ),
        ...headerTable(message.headers),
        ...bodyText(message.body),
      )
      element.hidden = false
    },
  }
}

const two = (value: number): string => String(value).padStart(2, '0')

/** `14:03:07.120`, in the developer's own time zone. */
export function timeOf(at: number): string {
  const date = new Date(at)
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`
}

function headerTable(headers: DiagramMessage['headers']): HTMLElement[] {
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

/** A body that was sent as text is shown as the JSON it holds, or as it is. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
