import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Environment } from '@tael/stack'

/** How a process ended, and what it wrote. */
export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs an operator's command as a process in this folder, with this environment and no other. */
export function runCommand(args: readonly string[], environment: Environment, cwd: string): Promise<Ended> {
  const file = fileURLToPath(new URL('../dist/command.js', import.meta.url))
  const env = { ...environment, NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] }
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { env, cwd }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err })
    })
  })
}
