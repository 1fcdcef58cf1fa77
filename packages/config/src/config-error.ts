/**
 * The configuration cannot be used. `problems` lists every variable that is missing or invalid, and
 * why.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(['Invalid configuration:', ...problems.map((problem) => `- ${problem}`)].join('\n'))
    this.problems = problems
  }
}

/** EX_CONFIG of sysexits.h. */
const EXIT_CODE = 78

/** What `read` returns. A ConfigError ends the process: it prints the problems and no stack. */
export function configOrExit<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(EXIT_CODE)
  }
}
