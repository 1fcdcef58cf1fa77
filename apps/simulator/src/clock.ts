interface Step {
  readonly due: number
  readonly isDeadline: boolean
  readonly run: () => void
  /** What happens instead of `run` when the clock is cleared. */
  readonly dropped: () => void
  timer: NodeJS.Timeout | undefined
}

/**
 * The simulator's time. Waits (a webhook's delay, a retry) run `speed` times faster than the clock on the wall;
 * deadlines (a login code's five minutes, a prepay_id's two hours) are real, so that a fast simulator does not
 * expire what a test is working with. `forward` makes either pass at once.
 */
export class Clock {
  readonly #speed: number
  readonly #steps = new Set<Step>()
  /** How many of the steps are waits, not deadlines. */
  #waits = 0
  #forwardedMs = 0
  #held = 0
  #waiting: (() => void)[] = []

  constructor(speed: number) {
    this.#speed = speed
  }

  /** The simulated moment, in epoch milliseconds. */
  now(): number {
    return Date.now() + this.#forwardedMs
  }

  /** Runs a step after a wait of `ms`, shortened by the speed; returns what calls it off. */
  after(ms: number, run: () => void): () => void {
    const step = this.#schedule({
      due: this.now() + ms / this.#speed,
      isDeadline: false,
      run,
      dropped: () => undefined,
    })
    return () => {
      this.#drop(step)
      this.#announceIdle()
    }
  }

  /** Runs a step when the moment `at` has come. Nobody who waits for `idle` waits for it. */
  at(at: number, run: () => void): void {
    this.#schedule({ due: at, isDeadline: true, run, dropped: () => undefined })
  }

  /** Waits `ms`, shortened by the speed, or until the clock is cleared. */
  async sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#schedule({
        due: this.now() + ms / this.#speed,
        isDeadline: false,
        run: resolve,
        dropped: resolve,
      })
    })
  }

  /** Lets `ms` pass at once: what falls due by then happens now, in its order. */
  forward(ms: number): void {
    this.#forwardedMs += ms
    const now = this.now()
    const due = [...this.#steps].filter((step) => step.due <= now).toSorted((one, two) => one.due - two.due)
    // A step may call a later one off.
    for (const step of due) if (this.#steps.has(step)) this.#run(step)
    for (const step of this.#steps) this.#arm(step)
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

  /** Resolves when no wait is running and nothing is held. */
  async idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#announceIdle()
    })
  }

  /** Calls every pending step off, and is the clock on the wall again. */
  clear(): void {
    this.#forwardedMs = 0
    for (const step of this.#steps) {
      this.#drop(step)
      step.dropped()
    }
    this.#announceIdle()
  }

  #schedule(planned: Omit<Step, 'timer'>): Step {
    const step: Step = { ...planned, timer: undefined }
    this.#steps.add(step)
    if (!step.isDeadline) this.#waits += 1
    this.#arm(step)
    return step
  }

  #drop(step: Step): void {
    clearTimeout(step.timer)
    if (this.#steps.delete(step) && !step.isDeadline) this.#waits -= 1
  }

  #arm(step: Step): void {
    clearTimeout(step.timer)
    step.timer = setTimeout(() => this.#run(step), Math.max(0, step.due - this.now()))
  }

  #run(step: Step): void {
    try {
      step.run()
    } finally {
      // Afterwards, so that what it starts follows on without a moment of idleness.
      this.#drop(step)
      this.#announceIdle()
    }
  }

  #announceIdle(): void {
    if (this.#held > 0 || this.#waits > 0 || this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
