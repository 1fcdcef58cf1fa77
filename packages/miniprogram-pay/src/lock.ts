/**
 * Held from the tap itself until the next page is open: the page under the cashier shows for a moment
 * on the way back, and shoppers have paid twice in that moment.
 */
export interface PaymentLock {
  readonly isHeld: () => boolean
  /** Does the work; undefined, without any, while another holds the lock. */
  readonly hold: <T>(work: () => Promise<T>) => Promise<T | undefined>
}

export function createLock(): PaymentLock {
  let held = false
  return {
    isHeld: () => held,
    hold: async (work) => {
      if (held) return undefined
      held = true
      try {
        return await work()
      } finally {
        held = false
      }
    },
  }
}
