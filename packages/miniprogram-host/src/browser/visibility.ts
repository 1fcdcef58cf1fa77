/** Why the Mini Program is in the background: the shopper left it, or WeChat's cashier covers it. */
export type Reason = 'left' | 'cashier'

/** Whether the Mini Program is in front. It is so while no reason stands against it. */
export interface Visibility {
  readonly inFront: boolean
  cover(reason: Reason): void
  uncover(reason: Reason): void
  /** Hears every change, in the order of registration; returns what ends the listening. */
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
