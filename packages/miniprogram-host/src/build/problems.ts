/** A fault in a Mini Program, with the file and line to change where known. Lines start at 1. */
export interface BuildProblem {
  readonly file?: string
  readonly line?: number
  readonly message: string
}

/** A Mini Program cannot be built or run; `problems` lists every fault found. */
export class BuildError extends Error {
  override readonly name = 'BuildError'
  readonly problems: readonly BuildProblem[]
  constructor(problems: readonly BuildProblem[]) {
    super(
      `The Mini Program has problems:\n${problems.map((each) => `  ${describeProblem(each)}`).join('\n')}`,
    )
    this.problems = problems
  }
}

export function throwIfAny(problems: readonly BuildProblem[]): void {
  if (problems.length > 0) throw new BuildError(problems)
}

/** `app.json:3: …`, with as much of the place as is known. */
export function describeProblem({ file, line, message }: BuildProblem): string {
  return [file, line, ` ${message}`]
    .filter((part) => part !== undefined)
    .join(':')
    .trimStart()
}

/** The line of `text` that first contains `part`, else 1. */
export function lineOf(text: string, part: string): number {
  return lineAt(text, Math.max(0, text.indexOf(part)))
}

/** The line of the character at `index`. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
