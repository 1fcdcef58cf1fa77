import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/**
 * Decides what a test leaves to chance. Such a test has it in its name: `SEED=` repeats a run's
 * choices.
 */
export const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32))

/** Numbers from 0 up to 1, the same in every run with one seed. */
export function seededRandom(): () => number {
  const generator = xoroshiro128plus(SEED)
  return () => uniformFloat64(generator)
}
