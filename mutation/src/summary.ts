import type { Mutant } from './mutants.ts'
import type { Result, Results } from './results.ts'

const KILLED_MIN = 0.9

/** Every survivor with its place and change, and one line of figures. */
export function summarise(
  chosen: readonly Mutant[],
  results: Results,
  seed: string,
): { readonly lines: readonly string[]; readonly enough: boolean } {
  const tried = chosen.flatMap((mutant) => {
    const result = results.of(mutant.key)
    return result === undefined ? [] : [{ mutant, result }]
  })
  const count = (outcome: Result['outcome']): number =>
    tried.filter(({ result }) => result.outcome === outcome).length
  const alive = tried
    .filter(({ result }) => ['survived', 'not reached'].includes(result.outcome))
    .toSorted((a, b) => a.mutant.file.localeCompare(b.mutant.file) || a.mutant.line - b.mutant.line)
  const lines = alive.flatMap(({ mutant, result }) => [
    `${mutant.file}:${mutant.line}  ${howAlive(result)}`,
    `  - ${short(mutant.original)}`,
    `  + ${short(mutant.replacement)}`,
  ])
  const share = tried.length === 0 ? 1 : (tried.length - alive.length) / tried.length
  const figures = [
    `${count('killed')} killed by tests`,
    `${count('does not compile')} by the compiler`,
    `${count('survived')} survived`,
    `${count('not reached')} not reached`,
  ]
  lines.push(`${tried.length} mutants (SEED=${seed}): ${figures.join(', ')}: ${(share * 100).toFixed(1)} %`)
  return { lines, enough: share >= KILLED_MIN }
}

function howAlive({ outcome, reaching = 0, ran = 0 }: Result): string {
  if (outcome === 'not reached') return 'no test reaches it'
  return ran < reaching
    ? `alive after ${ran} of the ${reaching} tests that reach it`
    : `${reaching} tests reach it`
}

function short(code: string): string {
  const line = code.replaceAll(/\s+/g, ' ')
  return line.length <= 160 ? line : `${line.slice(0, 157)}...`
}
