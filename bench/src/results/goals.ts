/** What a figure should be, and what it is. */
export interface Goal {
  readonly goal: string
  readonly measured: string
  readonly met: boolean
}

/** A figure that should be at least this; `show` writes it with its unit. */
export function atLeast(
  goal: string,
  least: number,
  measured: number,
  show: (value: number) => string,
): Goal {
  return { goal, measured: show(measured), met: measured >= least }
}

/** A figure that should be at most this. */
export function atMost(goal: string, most: number, measured: number, show: (value: number) => string): Goal {
  return { goal, measured: show(measured), met: measured <= most }
}

/** `0.73 ×` */
export const times = (value: number): string => `${value.toFixed(2)} ×`
