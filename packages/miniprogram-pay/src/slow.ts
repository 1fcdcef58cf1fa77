import { startTimer } from './timers.ts'

/** Milliseconds after which a tap that brought nothing seems lost. */
const SLOW_MS = 4_000

/** Calls `onSlow` once, where the work takes long. */
export async function notifyIfSlow<T>(work: Promise<T>, onSlow: () => void): Promise<T> {
  const cancel = startTimer(SLOW_MS, onSlow)
  try {
    return await work
  } finally {
    cancel()
  }
}
