import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** One of Tael's programs, running as a process of its own. */
export interface Program {
  /** Where it listens: `http://127.0.0.1:8600`. */
  readonly url: string
  /** Its process, for whoever watches what it uses. */
  readonly pid: number
  /** Everything it wrote so far, line by line. */
  readonly lines: readonly string[]
  /** Resolves when it has ended, whoever ended it. */
  readonly exited: Promise<void>
  /** Asks it to stop, and waits until it has; `SIGKILL` does not ask. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Runs before the program: it stops when its standard input ends, which is when whoever started it is gone. */
const stopWithParent = `data:text/javascript,${encodeURIComponent(
  "process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume().unref()",
)}`

const START_MS_MAX = 60_000
const STOP_MS_MAX = 30_000

/**
 * Starts a program of this repository on the Node that runs this, and waits until it says where it listens: one JSON
 * line with `listening`. Rejects with what it wrote where it exits before.
 */
export async function startProgram(
  name: string,
  file: URL,
  env: Readonly<Record<string, string>>,
): Promise<Program> {
  const child = spawn(process.execPath, ['--import', stopWithParent, fileURLToPath(file)], {
    env: { ...ambient(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C reaches only the program that started the others: it stops them in order.
    detached: true,
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${name} could not be run.`)
  const exited = once(child, 'exit')
  const lines: string[] = []
  const url = await Promise.race([
    listeningUrl(child, lines),
    exited.then(() => {
      throw new Error(`${name} did not start:\n${lines.join('\n')}`)
    }),
    timeout(START_MS_MAX, () => `${name} did not say where it listens:\n${lines.join('\n')}`),
  ])
  return {
    url,
    pid,
    lines,
    exited: exited.then(() => undefined),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill(signal)
      await Promise.race([exited, timeout(STOP_MS_MAX, () => `${name} does not stop:\n${lines.join('\n')}`)])
    },
  }
}

/** What a program may see of this process's environment: how to find things, and nothing that configures Tael. */
function ambient(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'SystemRoot', 'TEMP', 'NODE_COMPILE_CACHE']
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}

function listeningUrl({ stdout, stderr }: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve) => {
    for (const stream of [stdout, stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        const url = /"listening":"([^"]+)"/.exec(line)?.[1]
        if (url !== undefined) resolve(url)
      })
    }
  })
}

function timeout(ms: number, words: () => string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(words())), ms).unref()
  })
}
