import { make } from './dom.ts'

/** The distance of a pull that refreshes the page. */
const THRESHOLD_PX = 60

/** Pull-to-refresh of one page. */
export interface PullDown {
  readonly element: HTMLElement
  start(): void
  stop(): void
}

/**
 * Calls `refresh` on `start` and, where `byHand`, when the shopper pulls `scroller` down from its
 * top; shows dots until `stop`.
 */
export function createPullDown(
  scroller: HTMLElement,
  byHand: boolean,
  label: string,
  refresh: () => void,
): PullDown {
  const element = make('div', 'host-refresh', { role: 'status', 'aria-label': label })
  element.hidden = true
  for (let dot = 0; dot < 3; dot += 1) element.append(make('i', 'host-refresh-dot'))
  const start = (): void => {
    if (!element.hidden) return
    element.hidden = false
    refresh()
  }
  if (byHand) watchPull(scroller, start)
  return {
    element,
    start,
    stop: () => {
      element.hidden = true
    },
  }
}

function watchPull(scroller: HTMLElement, pulled: () => void): void {
  let startedAt: number | undefined
  scroller.addEventListener('pointerdown', (event) => {
    startedAt = scroller.scrollTop === 0 ? event.clientY : undefined
  })
  scroller.addEventListener('pointerup', (event) => {
    if (startedAt !== undefined && event.clientY - startedAt > THRESHOLD_PX) pulled()
    startedAt = undefined
  })
  // Keeps the browser from handling a pull at the top itself.
  scroller.style.touchAction = 'pan-x pan-up'
}
