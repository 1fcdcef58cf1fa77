/** So near to its end a list follows what comes. */
const NEAR_PX = 80

/** Keeps the end of a list in sight while it grows. */
export interface Following {
  /** The list grew. */
  grown(): void
  /** One of its rows is looked at: nothing moves until `resume`. */
  hold(): void
  resume(): void
}

/** Scrolling up by hand stops it, and back at the end it goes on. */
export function createFollowing(scroller: HTMLElement): Following {
  let near = true
  let held = false
  const toEnd = (): void => {
    scroller.scrollTop = scroller.scrollHeight
  }
  scroller.addEventListener('scroll', () => {
    // What is held is moved by what stands around it too, and that is nobody's wish.
    if (!held) near = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX
  })
  return {
    grown: () => {
      if (near && !held) toEnd()
    },
    hold: () => {
      held = true
    },
    resume: () => {
      held = false
      near = true
      toEnd()
    },
  }
}
