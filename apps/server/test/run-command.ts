import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Environment } from '@tael/stack'
import * as cli from '../src/cli/command.ts'
import { commands } from '../src/commands.ts'

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs an operator's command in the test's own process, at a tenth of what a process costs, with this environment. */
export async function runCommand(args: readonly string[], environment: Environment): Promise<Ended> {
  let out = ''
  let err = ''
  const code = await cli.runCommand(commands, args, {
    environment,
    print: (text) => void (out += text),
    printError: (text) => void (err += text),
  })
  return { code, out, err }
}

/** Runs an operator's command as a process in this folder, with this environment and no other. */
export function startCommand(args: readonly string[], environment: Environment, cwd: string): Promise<Ended> {
  const file = fileURLToPath(new URL('../dist/command.js', import.meta.url))
  const env = { ...environment, NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] }
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { env, cwd }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err })
    })
  })
}
