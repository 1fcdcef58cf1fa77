/** Prints a table as Markdown, so that it can be put into a document as it is. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const row of [header, header.map(() => '---'), ...rows])
    process.stdout.write(`| ${row.join(' | ')} |\n`)
}
