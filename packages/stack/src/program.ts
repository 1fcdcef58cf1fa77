import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** A program of Tael, running in its own process. */
export interface Program {
  /** The address it listens on, such as `http://127.0.0.1:8600`. */
  readonly url: string
  readonly pid: number
  /** Its output so far, stdout and stderr; where that is not kept, up to its address. */
  readonly lines: readonly string[]
  /** Resolves when the process has exited. */
  readonly exited: Promise<void>
  /** Sends the signal and waits until the process has exited. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/**
 * Loaded before the program: stops it when its standard input ends, as it does when the parent
 * dies.
 */
const stopWithParent = `data:text/javascript,${encodeURIComponent(
  "process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume().unref()",
)}`

const START_MS_MAX = 60_000
const STOP_MS_MAX = 30_000

/**
 * Starts a program of this repository with this Node, and waits for the JSON line with its
 * `listening` address. Rejects with its output if it exits before. Its output is read to its end,
 * but kept only with `keepsOutput`: that of a program under load fills the memory.
 */
export async function startProgram(
  name: string,
  file: URL,
  env: Readonly<Record<string, string>>,
  { keepsOutput = true }: { readonly keepsOutput?: boolean } = {},
): Promise<Program> {
  const child = spawn(process.execPath, ['--import', stopWithParent, fileURLToPath(file)], {
    env: { ...ambient(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C reaches only the program that started the others: it stops them in order.
    detached: true,
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${name} could not be spawned.`)
  const exited = once(child, 'exit')
  const lines: string[] = []
  const url = await Promise.race([
    listeningUrl(child, lines, keepsOutput),
    exited.then(() => {
      throw new Error(`${name} did not start:\n${lines.join('\n')}`)
    }),
    failAfter(START_MS_MAX, () => `${name} printed no address:\n${lines.join('\n')}`),
  ]).catch((error: unknown) => {
    child.kill()
    throw error
  })
  return {
    url,
    pid,
    lines,
    exited: exited.then(() => undefined),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill(signal)
      await Promise.race([exited, failAfter(STOP_MS_MAX, () => `${name} did not stop:\n${lines.join('\n')}`)])
    },
  }
}

/** The variables of this process that a program inherits: none that configures Tael. */
function ambient(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'SystemRoot', 'TEMP', 'NODE_COMPILE_CACHE']
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}

function listeningUrl(
  { stdout, stderr }: ChildProcess,
  lines: string[],
  keepsOutput: boolean,
): Promise<string> {
  return new Promise((resolve) => {
    for (const stream of [stdout, stderr]) {
      if (stream === null) continue
      const reader = createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        const url = /"listening":"([^"]+)"/.exec(line)?.[1]
        if (url === undefined) return
        resolve(url)
        if (keepsOutput) return
        reader.close()
        stream.resume()
      })
    }
  })
}

async function failAfter(ms: number, message: () => string): Promise<never> {
  await setTimeout(ms, undefined, { ref: false })
  throw new Error(message())
}
