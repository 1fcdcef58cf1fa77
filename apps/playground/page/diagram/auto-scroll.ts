/** The distance from its end within which a list scrolls as it grows. */
const NEAR_END_PX = 80

/** Keeps the end of a growing list in view, unless the developer scrolled away from it. */
export interface AutoScroll {
  contentAdded(): void
  /** Stops scrolling until `resume`. */
  pause(): void
  /** Scrolls to the end. */
  resume(): void
}

export function createAutoScroll(scroller: HTMLElement): AutoScroll {
  let nearEnd = true
  let paused = false
  let scheduled = false
  const scrollToEnd = (): void => {
    scroller.scrollTop = scroller.scrollHeight
  }
  scroller.addEventListener('scroll', () => {
    // While paused, only the layout moves the list, not the developer.
    if (!paused) nearEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX
  })
  return {
    contentAdded: () => {
      if (scheduled) return
      scheduled = true
      // After the frame that lays out what was added: before, scrolling would lay it out row by row.
      requestAnimationFrame(() =>
        setTimeout(() => {
          scheduled = false
          if (nearEnd && !paused) scrollToEnd()
        }),
      )
    },
    pause: () => {
      paused = true
    },
    resume: () => {
      paused = false
      nearEnd = true
      scrollToEnd()
    },
  }
}
