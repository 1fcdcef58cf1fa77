import { make } from './dom.ts'

/** How far the page must be pulled before letting go refreshes it. */
const THRESHOLD_PX = 60

/** Pull-to-refresh of one page. */
export interface PullDown {
  readonly element: HTMLElement
  start(): void
  stop(): void
}

/** `refresh` is called by `start` and, where `byHand`, by pulling `scroller` down from its top; dots show until `stop`. */
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
  // At the top a finger's pull is the page's, not the browser's own.
  scroller.style.touchAction = 'pan-x pan-up'
}
