import { readEnvironment } from '@tael/config'

/** How long and how much is measured, from the environment. */
export interface Options {
  /** How often each figure is measured, in turn with those beside it. */
  readonly rounds: number
  /** How long one measurement of a load lasts. */
  readonly seconds: number
  readonly connections: number
  /** A commit of Tael that is measured beside today's; empty: none. */
  readonly baseline: string
  /** How many long polls are open at a time. */
  readonly polls: number
  /** How long memory is watched under load. */
  readonly minutes: number
  /** The larger of the two shops whose speed is compared. */
  readonly payments: number
}

export function readOptions(): Options {
  return readEnvironment(process.env, (read) => ({
    rounds: read.integer('ROUNDS', 1, 99, 7),
    seconds: read.integer('SECONDS', 1, 600, 3),
    connections: read.integer('CONNECTIONS', 1, 500, 32),
    baseline: read.text('BASELINE', /^([0-9a-f]{7,40})?$/, 'a commit', ''),
    polls: read.integer('POLLS', 1, 10_000, 2_000),
    minutes: read.integer('MINUTES', 1, 600, 1),
    payments: read.integer('PAYMENTS', 10_000, 10_000_000, 100_000),
  }))
}
