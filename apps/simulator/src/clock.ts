interface Step {
  readonly background: boolean
  readonly timer: NodeJS.Timeout
  readonly dropped: () => void
}

/**
 * Simulated time: `speed` times faster than the clock on the wall. Everything that waits goes through here, so that
 * the simulator can say when nothing is left to happen.
 */
export class Clock {
  readonly #speed: number
  readonly #steps = new Set<Step>()
  #held = 0
  #waiting: (() => void)[] = []

  constructor(speed: number) {
    this.#speed = speed
  }

  /** The moment on the wall, in epoch milliseconds, that lies `ms` simulated milliseconds ahead. */
  deadline(ms: number): number {
    return Date.now() + ms / this.#speed
  }

  /** Runs a step `ms` simulated milliseconds from now; returns what calls it off. */
  after(ms: number, run: () => void): () => void {
    return this.#schedule(ms, run, { background: false, dropped: () => undefined })
  }

  /** Like `after`, for a deadline that may never matter: nobody who waits for `idle` waits for it. */
  atDeadline(ms: number, run: () => void): () => void {
    return this.#schedule(ms, run, { background: true, dropped: () => undefined })
  }

  /** Waits `ms` simulated milliseconds, or until the clock is cleared. */
  async sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#schedule(ms, resolve, { background: false, dropped: resolve })
    })
  }

  /** Says that something is under way until the returned function is called. */
  hold(): () => void {
    this.#held += 1
    let released = false
    return () => {
      if (released) return
      released = true
      this.#held -= 1
      this.#announceIdle()
    }
  }

  /** Resolves when no step is pending and nothing is held. */
  async idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#announceIdle()
    })
  }

  /** Calls every pending step off. */
  clear(): void {
    for (const step of this.#steps) {
      clearTimeout(step.timer)
      this.#steps.delete(step)
      step.dropped()
    }
    this.#announceIdle()
  }

  #schedule(ms: number, run: () => void, kind: { background: boolean; dropped: () => void }): () => void {
    const timer = setTimeout(() => {
      run()
      this.#steps.delete(step)
      this.#announceIdle()
    }, ms / this.#speed)
    const step: Step = { ...kind, timer }
    this.#steps.add(step)
    return () => {
      clearTimeout(timer)
      this.#steps.delete(step)
      this.#announceIdle()
    }
  }

  #announceIdle(): void {
    const pending = this.#held > 0 || [...this.#steps].some((step) => !step.background)
    if (pending || this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
