import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import type { Spread } from './rounds.ts'

/** A figure with what it was measured beside. */
export interface Result {
  readonly figure: string
  readonly goal: string
  readonly unit: 'ms' | 'bytes'
  readonly measured: Spread | undefined
  readonly reference?: { readonly name: string; readonly spread: Spread | undefined }
}

const show = (spread: Spread | undefined, unit: Result['unit']): string =>
  spread === undefined ? 'not measured' : `${spread.median.toFixed(0)} ${unit}${rangeOf(spread)}`

const rangeOf = ({ least, greatest }: Spread): string =>
  least === greatest ? '' : ` (${least.toFixed(0)} to ${greatest.toFixed(0)})`

/** Writes the figures as a page: medians, with the least and the greatest. */
export async function writeResults(file: URL, results: readonly Result[]): Promise<void> {
  const rows = results.map(({ figure, goal, unit, measured, reference }) => {
    const ratio =
      measured === undefined || reference?.spread === undefined
        ? ''
        : `${(measured.median / reference.spread.median).toFixed(2)} ×`
    const beside = reference === undefined ? '' : `${reference.name}: ${show(reference.spread, unit)}`
    return `| ${figure} | ${goal} | ${show(measured, unit)} | ${beside} | ${ratio} |`
  })
  const processor = cpus()[0]?.model ?? 'unknown'
  await writeFile(
    file,
    `# Figures

Written by \`npx -y pnpm@12.21.0 bench\`: medians of interleaved rounds in one run, with the least and the greatest.
${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${processor}.

| figure | goal | measured | beside | ratio |
|---|---|---|---|---|
${rows.join('\n')}
`,
  )
}
