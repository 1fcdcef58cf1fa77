/** Something in a Mini Program that WeChat's tools, or this host, would not take. Lines count from 1. */
export interface BuildProblem {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** The Mini Program cannot be run; `problems` holds every reason found, not only the first. */
export class BuildError extends Error {
  override readonly name = 'BuildError'
  readonly problems: readonly BuildProblem[]
  constructor(problems: readonly BuildProblem[]) {
    const lines = problems.map(({ file, line, message }) => `${file}:${line}: ${message}`)
    super(`The Mini Program cannot be run in the host:\n${lines.join('\n')}`)
    this.problems = problems
  }
}

/** The line of `text` in which `part` first stands, else 1. */
export function lineOf(text: string, part: string): number {
  const index = text.indexOf(part)
  return index < 0 ? 1 : text.slice(0, index).split('\n').length
}
