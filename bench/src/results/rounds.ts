/** Of several measurements: the middle one, the least and the greatest. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly greatest: number
}

/** Something to measure beside others, by its name in the results. */
export interface Variant<T> {
  readonly name: string
  readonly measure: () => Promise<T>
}

/**
 * Measures the variants one after the other, round by round: whatever slows the machine slows each of them. Returns
 * what each round measured, by the name of the variant.
 */
export async function interleave<T>(
  rounds: number,
  variants: readonly Variant<T>[],
): Promise<ReadonlyMap<string, readonly T[]>> {
  const measured = new Map<string, T[]>(variants.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const { name, measure } of variants) measured.get(name)?.push(await measure())
  return measured
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number): number => sorted.at(index) ?? Number.NaN
  return { median: at(Math.floor(sorted.length / 2)), least: at(0), greatest: at(-1) }
}

/** `273 (260 to 281)` */
export function showSpread({ median, least, greatest }: Spread, digits = 0): string {
  const show = (value: number): string => value.toFixed(digits)
  return `${show(median)} (${show(least)} to ${show(greatest)})`
}
