/** Everything that is wrong with a Mini Program, told at once. */
export class BuildError extends Error {
  override readonly name = 'BuildError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The Mini Program was not built:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.problems = problems
  }
}
