/** The timers of a phone, which the language itself lacks. */
declare function setTimeout(run: () => void, ms: number): number
declare function clearTimeout(timer: number): void

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/** Calls `run` after this time; returns a function that prevents it. */
export function startTimer(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
