/** Work that a page does while it is visible, one piece at a time. */
export interface PageWatch {
  readonly show: () => void
  /** Stops the work, and starts none until the page is shown. */
  readonly hide: () => void
  readonly stop: () => void
  /** Stops the work and starts another. `isStopped` turns true when that is stopped in turn. */
  readonly start: (work: (isStopped: () => boolean) => Promise<void>) => void
}

/** Each page instance needs its own. An error of the work surfaces as an unhandled rejection. */
export function createPageWatch(): PageWatch {
  let isVisible = false
  let started = 0
  const stop = (): void => {
    started += 1
  }
  return {
    stop,
    show: () => {
      isVisible = true
    },
    hide: () => {
      isVisible = false
      stop()
    },
    start: (work) => {
      stop()
      const own = started
      if (isVisible) void work(() => own !== started)
    },
  }
}
