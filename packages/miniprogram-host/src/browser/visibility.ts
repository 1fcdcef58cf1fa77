/** Why the Mini Program is in the background. */
export type Reason = 'shopper' | 'cashier'

/** Whether the Mini Program is in front: while no reason covers it. */
export interface Visibility {
  readonly inFront: boolean
  cover(reason: Reason): void
  uncover(reason: Reason): void
  /** Calls listeners in the order of registration; returns a function that removes the listener. */
  onChange(listener: (inFront: boolean) => void): () => void
}

export function createVisibility(): Visibility {
  const reasons = new Set<Reason>()
  const listeners = new Set<(inFront: boolean) => void>()
  const changing = (change: () => void): void => {
    const before = reasons.size === 0
    change()
    const after = reasons.size === 0
    if (before !== after) for (const listener of listeners) listener(after)
  }
  return {
    get inFront() {
      return reasons.size === 0
    },
    cover: (reason) => changing(() => reasons.add(reason)),
    uncover: (reason) => changing(() => reasons.delete(reason)),
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
