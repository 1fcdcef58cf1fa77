import { ConfigError, type Environment } from '../config.ts'
import { DatabaseUnavailableError } from '../db/availability.ts'
import { HttpProblem } from '../http/problem.ts'

/** The exit codes of a command. From 64 on they are those of sysexits.h. */
const exitCodes = {
  success: 0,
  /** The command found differences. */
  differences: 1,
  usage: 64,
  /** A given file or id is invalid. */
  data: 65,
  /** A given file cannot be read. */
  noInput: 66,
  unavailable: 69,
  /** A bug of ours. Never 1, which means differences. */
  software: 70,
  configuration: 78,
} as const

/** The command cannot do what was asked. The message is for the operator and names the remedy. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exit: 'usage' | 'data' | 'noInput' | 'unavailable'
  constructor(exit: CommandError['exit'], message: string) {
    super(message)
    this.exit = exit
  }
}

/** The environment of a command and its standard output. */
export interface CommandContext {
  readonly environment: Environment
  /** Writes to standard output. */
  readonly print: (text: string) => void
}

/** A command for operators. Its subject's `commands.ts` exports it; `src/commands.ts` lists it. */
export interface Command {
  readonly name: string
  /** One imperative line for the list of all commands. */
  readonly summary: string
  /** The arguments, and below them what each means and what the command does. */
  readonly usage: string
  run(args: readonly string[], context: CommandContext): Promise<'success' | 'differences'>
}

export interface Terminal extends CommandContext {
  /** Writes to standard error. */
  readonly printError: (text: string) => void
}

/** Runs the command that `args` name, and returns the exit code of the process. */
export async function runCommand(
  commands: readonly Command[],
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const [name, ...rest] = args
  if (name === 'help' || name === '--help') {
    terminal.print(formatHelp(commands))
    return exitCodes.success
  }
  const command = commands.find((one) => one.name === name)
  if (command === undefined) {
    const problem = name === undefined ? 'Name a command.' : `The command ${name} does not exist.`
    terminal.printError(`${problem}\n\n${formatHelp(commands)}`)
    return exitCodes.usage
  }
  if (rest.includes('--help')) {
    terminal.print(formatUsage(command))
    return exitCodes.success
  }
  try {
    return exitCodes[await command.run(rest, terminal)]
  } catch (error) {
    const [exit, message] = describeFailure(error, command)
    terminal.printError(message)
    return exitCodes[exit]
  }
}

const PROGRAM = 'node --env-file=.env dist/command.js'

function formatHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`)
  return `Usage: ${PROGRAM} <command> [options]\n\n${list.join('')}\n<command> --help explains it.\n`
}

function formatUsage({ name, usage }: Command): string {
  return `Usage: ${PROGRAM} ${name} ${usage}\n`
}

function describeFailure(error: unknown, command: Command): [keyof typeof exitCodes, string] {
  if (error instanceof ConfigError) return ['configuration', `${error.message}\nSee .env.example.\n`]
  if (isParseArgsError(error) || (error instanceof CommandError && error.exit === 'usage'))
    return ['usage', `${error.message}\n\n${formatUsage(command)}`]
  if (error instanceof HttpProblem) return ['data', `${error.message}\n`]
  if (error instanceof CommandError) return [error.exit, `${error.message}\n`]
  if (error instanceof DatabaseUnavailableError) return ['unavailable', `${error.message}\n`]
  return ['software', `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`]
}

/** Whether `parseArgs` of node:util threw the error. */
function isParseArgsError(error: unknown): error is TypeError {
  return (
    error instanceof TypeError &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('ERR_PARSE_ARGS_')
  )
}
