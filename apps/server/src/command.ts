import { runCommand } from './cli/command.ts'
import { reconcileCommand } from './books/command.ts'
import {
  createOperatorKeyCommand,
  listOperatorKeysCommand,
  revokeOperatorKeyCommand,
} from './ops/commands.ts'
import { putGoodsCommand, stockCommand } from './shop/commands.ts'
import { settlement } from './settlement/command.ts'
import { replayCommand } from './webhooks/command.ts'

const commands = [
  createOperatorKeyCommand,
  listOperatorKeysCommand,
  revokeOperatorKeyCommand,
  putGoodsCommand,
  stockCommand,
  reconcileCommand,
  replayCommand,
  settlement,
]

/** The process of an operator's command. */
process.exitCode = await runCommand(commands, process.argv.slice(2), {
  environment: process.env,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
})
