import { runCommand } from './cli/command.ts'
import { migrateCommand } from './migrate-command.ts'
import { reconcileCommand } from './reconciliation/commands.ts'
import {
  createOperatorKeyCommand,
  listOperatorKeysCommand,
  revokeOperatorKeyCommand,
} from './operators/commands.ts'
import { putGoodsCommand, stockCommand } from './shop/commands.ts'
import { settlementCommand } from './settlement/commands.ts'
import { replayCommand } from './webhooks/commands.ts'

const commands = [
  migrateCommand,
  createOperatorKeyCommand,
  listOperatorKeysCommand,
  revokeOperatorKeyCommand,
  putGoodsCommand,
  stockCommand,
  reconcileCommand,
  replayCommand,
  settlementCommand,
]

/** The process of the operators' commands. */
process.exitCode = await runCommand(commands, process.argv.slice(2), {
  environment: process.env,
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
})
