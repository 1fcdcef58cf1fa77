/** A fenced block of a page. */
export interface Block {
  readonly page: string
  /** The line of its fence, from 1. */
  readonly line: number
  /** What the fence names; a block without a name is one of commands. */
  readonly language: string
  readonly text: string
}

/** A command as a reader copies it: one line, or several that end in a backslash. */
export interface PageCommand {
  readonly page: string
  readonly line: number
  readonly text: string
}

/** The fenced blocks of a page, without the indentation of the list they are in. */
export function blocksOf(page: string, markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^( *)```(\w*)\n([^]*?)^\1```$/gm)].map(
    ({ index, 1: indent = '', 2: language = '', 3: text = '' }) => ({
      page,
      line: markdown.slice(0, index).split('\n').length,
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  )
}

/** The commands of a page, in its order. */
export function commandsOf(page: string, markdown: string): readonly PageCommand[] {
  return blocksOf(page, markdown)
    .filter(({ language }) => language === '' || language === 'sh')
    .flatMap(({ line, text }) =>
      [...text.matchAll(/^(?:.*\\\n)*.+$/gm)].map(({ index, 0: command }) => ({
        page,
        line: line + text.slice(0, index).split('\n').length,
        text: command,
      })),
    )
}
