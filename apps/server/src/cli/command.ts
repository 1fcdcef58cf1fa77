import { ConfigError, type Environment } from '../config.ts'

/** How a command ends, as its process says it. From 64 on the numbers are those of sysexits.h. */
const exitCodes = {
  fine: 0,
  /** It compared two things, and they differ. */
  differences: 1,
  usage: 64,
  /** A file it was given cannot be understood. */
  data: 65,
  /** A file it was given cannot be read. */
  noInput: 66,
  unavailable: 69,
  /** A fault of ours. Nothing else ends with 1 but `differences`, which an uncaught error would look like. */
  software: 70,
  configuration: 78,
} as const

/** A command cannot do what it was asked for. The message is for the operator and says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly end: 'usage' | 'data' | 'noInput' | 'unavailable'
  constructor(end: CommandError['end'], message: string) {
    super(message)
    this.end = end
  }
}

/** What a command has of the world. */
export interface CommandContext {
  readonly environment: Environment
  /** Writes to standard output. */
  readonly print: (text: string) => void
}

/** One thing an operator can do. Its folder exports it; `src/command.ts` lists it. */
export interface Command {
  readonly name: string
  /** One line, for the list of all commands. */
  readonly summary: string
  /** What follows the name, and below it what each part means and what the command does. */
  readonly usage: string
  run(args: readonly string[], context: CommandContext): Promise<'fine' | 'differences'>
}

export interface Terminal extends CommandContext {
  /** Writes to standard error. */
  readonly complain: (text: string) => void
}

/** Runs the command that `args` name, and returns the exit code of the process. */
export async function runCommand(
  commands: readonly Command[],
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const [name, ...rest] = args
  if (name === 'help' || name === '--help') {
    terminal.print(help(commands))
    return exitCodes.fine
  }
  const command = commands.find((one) => one.name === name)
  if (command === undefined) {
    const wrong = name === undefined ? 'Which command?' : `There is no command ${name}.`
    terminal.complain(`${wrong}\n\n${help(commands)}`)
    return exitCodes.usage
  }
  if (rest.includes('--help')) {
    terminal.print(usageOf(command))
    return exitCodes.fine
  }
  try {
    return exitCodes[await command.run(rest, terminal)]
  } catch (error) {
    const [end, words] = explain(error, command)
    terminal.complain(words)
    return exitCodes[end]
  }
}

const CALL = 'node --env-file=.env dist/command.js'

function help(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`)
  return `Usage: ${CALL} <command> [options]\n\n${list.join('')}\n<command> --help says more.\n`
}

function usageOf({ name, usage }: Command): string {
  return `Usage: ${CALL} ${name} ${usage}\n`
}

function explain(error: unknown, command: Command): [keyof typeof exitCodes, string] {
  if (error instanceof ConfigError) return ['configuration', `${error.message}\nSee .env.example.\n`]
  if (isWrongArgument(error) || (error instanceof CommandError && error.end === 'usage'))
    return ['usage', `${error.message}\n\n${usageOf(command)}`]
  if (error instanceof CommandError) return [error.end, `${error.message}\n`]
  return ['software', `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`]
}

/** What `parseArgs` of node:util throws. */
function isWrongArgument(error: unknown): error is TypeError {
  return (
    error instanceof TypeError &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('ERR_PARSE_ARGS_')
  )
}
