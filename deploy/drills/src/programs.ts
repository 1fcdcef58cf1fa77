import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Where and as whom a program runs. */
export interface Surroundings {
  /** The network namespace; without it the drill's own. */
  readonly namespace?: string
  /** Without it root. */
  readonly user?: string
  readonly env?: Readonly<Record<string, string>>
}

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin'
const COMMAND_MS_MAX = 120_000

function commandLine(
  { namespace, user }: Surroundings,
  command: string,
  args: readonly string[],
): [string, string[]] {
  const [program = '', ...rest] = [
    ...(namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace]),
    ...(user === undefined ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups', '--']),
    command,
    ...args,
  ]
  return [program, rest]
}

/** Runs a command to its end. Resolves with what it printed; rejects with its words where it fails. */
export async function run(
  command: string,
  args: readonly string[],
  surroundings: Surroundings = {},
): Promise<string> {
  const options = { env: { PATH, ...surroundings.env }, timeout: COMMAND_MS_MAX, cwd: '/' }
  return (await promisify(execFile)(...commandLine(surroundings, command, args), options)).stdout
}

/** A program that runs until it is stopped. */
export interface Daemon {
  readonly pid: number
  /** Sends the signal and waits until it has exited. */
  stop(signal?: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<void>
}

/** Starts a program; what it prints is added to the file `log`. */
export function startDaemon(
  command: string,
  args: readonly string[],
  { log, ...surroundings }: Surroundings & { readonly log: string },
): Daemon {
  const file = openSync(log, 'a')
  const child: ChildProcess = spawn(...commandLine(surroundings, command, args), {
    env: { PATH, ...surroundings.env },
    stdio: ['ignore', file, file],
    cwd: '/',
    detached: true,
  })
  if (child.pid === undefined) throw new Error(`${command} could not be spawned.`)
  const exited = once(child, 'exit')
  return {
    pid: child.pid,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill(signal)
      await exited
    },
  }
}

/** Waits until it holds, asking again and again; a failure counts as no. Rejects after `timeoutMs`. */
export async function waitUntil(
  what: string,
  holds: () => Promise<boolean>,
  timeoutMs: number,
  intervalMs = 250,
): Promise<void> {
  const end = performance.now() + timeoutMs
  let last: unknown
  do {
    const held = await holds().catch((error: unknown) => {
      last = error
      return false
    })
    if (held) return
    await pause(intervalMs)
  } while (performance.now() < end)
  throw new Error(`After ${timeoutMs / 1000} s still not: ${what}`, { cause: last })
}
