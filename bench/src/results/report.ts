import { readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import type { Goal } from './goals.ts'

/** Figures side by side: a row for each thing that was measured. */
export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What a part of the benchmark found. */
export interface Figures {
  /** What was measured and how, in a sentence or two. */
  readonly how: string
  readonly tables: readonly Table[]
  readonly goals: readonly Goal[]
}

/**
 * Writes what a part found, in which surroundings, into its section of the page, between its two markers. Everything else on the page, the notes
 * below each section included, is written by hand and stays.
 */
export async function writeFigures(
  page: URL,
  part: string,
  figures: Figures,
  surroundings: string,
): Promise<void> {
  const before = await readFile(page, 'utf8')
  const [start, end] = [`<!-- figures: ${part} -->`, `<!-- end: ${part} -->`]
  const from = before.indexOf(start)
  const to = before.indexOf(end)
  if (from === -1 || to < from) throw new Error(`${page.pathname} has no section for ${part}.`)
  const after = `${before.slice(0, from + start.length)}\n${render(figures, surroundings)}\n${before.slice(to)}`
  await writeFile(page, after)
}

function render({ how, tables, goals }: Figures, surroundings: string): string {
  const processor = cpus()[0]?.model ?? 'unknown'
  const date = new Date().toISOString().slice(0, 10)
  const goalTable: Table = {
    columns: ['goal', 'measured', ''],
    rows: goals.map(({ goal, measured, met }) => [goal, measured, met ? 'met' : 'not met']),
  }
  return [
    how,
    `${date}, Node ${process.version}, ${surroundings}, ${cpus().length} × ${processor}.`,
    ...[...tables, goalTable].filter(({ rows }) => rows.length > 0).map(renderTable),
  ].join('\n\n')
}

function renderTable({ columns, rows }: Table): string {
  return [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
