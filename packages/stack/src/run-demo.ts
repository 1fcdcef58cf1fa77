import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Stack } from './index.ts'

/** The ports that a demo prefers. */
export const demoPorts = { server: 8600, operators: 8601, simulator: 8800, playground: 8700, shop: 8650 }

/** Writes a line for the developer who started the demo. */
export const print = (text: string): void => void process.stdout.write(`${text}\n`)

/**
 * Runs a demo in a temporary folder until Ctrl-C, prints what `describe` makes of it, and removes
 * the folder.
 */
export async function runDemo<S extends Stack>(
  start: (folder: string) => Promise<S>,
  describe: (stack: S, folder: string) => string,
): Promise<void> {
  // The simulator loses its payments when it stops, so the database of their orders is temporary too.
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-demo-'))
  // As root, PostgreSQL runs as another user, who must be able to read its folder.
  await chmod(folder, 0o755)
  const stack = await start(folder)
  print(describe(stack, folder))

  const end = async (): Promise<void> => {
    await stack.stop()
    await rm(folder, { recursive: true, force: true })
  }
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      print('Stopping ...')
      void end().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${String(error)}\n`)
          process.exit(1)
        },
      )
    })
  }
}
