interface Step {
  readonly due: number
  readonly isDeadline: boolean
  readonly run: () => void
  /** Called instead of `run` when the clock is cleared. */
  readonly onClear: () => void
  timer: NodeJS.Timeout | undefined
}

/**
 * The simulator's time. Delays (of a webhook, of a retry) run `speed` times faster than real time;
 * deadlines (a login code's, a prepay_id's) are real, so that a fast simulator does not expire what
 * a test is using. `forward` makes either pass immediately.
 */
export class Clock {
  readonly #speed: number
  readonly #steps = new Set<Step>()
  /** How many of the steps are delays, not deadlines. */
  #delays = 0
  #forwardedMs = 0
  #held = 0
  #waitingForIdle: (() => void)[] = []

  constructor(speed: number) {
    this.#speed = speed
  }

  /** Simulated epoch milliseconds. */
  now(): number {
    return Date.now() + this.#forwardedMs
  }

  /** Runs a step after `ms`, shortened by the speed. Returns a function that cancels it. */
  after(ms: number, run: () => void): () => void {
    const step = this.#schedule({
      due: this.now() + ms / this.#speed,
      isDeadline: false,
      run,
      onClear: () => undefined,
    })
    return () => {
      this.#drop(step)
      this.#announceIdle()
    }
  }

  /** Runs a step at a moment in simulated epoch milliseconds. `idle` does not wait for it. */
  at(due: number, run: () => void): void {
    this.#schedule({ due, isDeadline: true, run, onClear: () => undefined })
  }

  /** Waits `ms`, shortened by the speed, or until the clock is cleared. */
  async sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#schedule({
        due: this.now() + ms / this.#speed,
        isDeadline: false,
        run: resolve,
        onClear: resolve,
      })
    })
  }

  /** Lets `ms` pass immediately, and runs in order the steps that fall due. */
  forward(ms: number): void {
    this.#forwardedMs += ms
    const now = this.now()
    const due = [...this.#steps].filter((step) => step.due <= now).toSorted((one, two) => one.due - two.due)
    // A step may cancel a later one.
    for (const step of due) if (this.#steps.has(step)) this.#run(step)
    for (const step of this.#steps) this.#arm(step)
  }

  /** Prevents `idle` from resolving until the returned function is called. */
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

  /** Resolves when no delay is pending and nothing holds the clock. */
  async idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#waitingForIdle.push(resolve)
      this.#announceIdle()
    })
  }

  /** Cancels every step and returns to real time. */
  clear(): void {
    this.#forwardedMs = 0
    for (const step of this.#steps) {
      this.#drop(step)
      step.onClear()
    }
    this.#announceIdle()
  }

  #schedule(planned: Omit<Step, 'timer'>): Step {
    const step: Step = { ...planned, timer: undefined }
    this.#steps.add(step)
    if (!step.isDeadline) this.#delays += 1
    this.#arm(step)
    return step
  }

  #drop(step: Step): void {
    clearTimeout(step.timer)
    if (this.#steps.delete(step) && !step.isDeadline) this.#delays -= 1
  }

  #arm(step: Step): void {
    clearTimeout(step.timer)
    step.timer = setTimeout(() => this.#run(step), Math.max(0, step.due - this.now()))
  }

  #run(step: Step): void {
    try {
      step.run()
    } finally {
      // Dropped last, so that the clock is not idle between this step and the one that it
      // schedules.
      this.#drop(step)
      this.#announceIdle()
    }
  }

  #announceIdle(): void {
    if (this.#held > 0 || this.#delays > 0 || this.#waitingForIdle.length === 0) return
    const waiting = this.#waitingForIdle
    this.#waitingForIdle = []
    for (const resolve of waiting) resolve()
  }
}
