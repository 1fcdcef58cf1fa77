import { runCommand } from './cli/command.ts'
import { settlement } from './settlement/command.ts'

/** The process of an operator's command. */
process.exitCode = await runCommand([settlement], process.argv.slice(2), {
  environment: process.env,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
})
