/** Of several measurements: the middle one, the least and the greatest. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly greatest: number
}

/** Something to measure beside others, by its name in the results. */
export interface Variant {
  readonly name: string
  readonly measure: () => Promise<number>
}

/** Measures the variants one after the other, round by round: whatever slows the machine slows each of them. */
export async function interleave(rounds: number, variants: readonly Variant[]): Promise<Map<string, Spread>> {
  const measured = new Map<string, number[]>(variants.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const { name, measure } of variants) measured.get(name)?.push(await measure())
  return new Map([...measured].map(([name, values]) => [name, spreadOf(values)]))
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number): number => sorted.at(index) ?? Number.NaN
  return { median: at(Math.floor(sorted.length / 2)), least: at(0), greatest: at(-1) }
}

/** Of a figure that every round has alike. */
export function same(value: number): Spread {
  return spreadOf([value])
}
