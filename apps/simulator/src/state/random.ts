import { createHash } from 'node:crypto'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/**
 * Random numbers, 0 ≤ n < 1. The same seed and name repeat the same numbers; another name gets
 * others.
 */
export function randomNumbers(seed: number, name: string): () => number {
  const generator = xoroshiro128plus(createHash('sha256').update(`${seed} ${name}`).digest().readInt32BE())
  return () => uniformFloat64(generator)
}
