import { runCommand } from './cli/command.ts'
import { commands } from './commands.ts'

/** The process of the operators' commands. */
process.exitCode = await runCommand(commands, process.argv.slice(2), {
  environment: process.env,
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
})
