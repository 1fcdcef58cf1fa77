import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../', import.meta.url))

/** A commit of this repository in a folder of its own, with its packages. */
export interface Checkout {
  readonly folder: string
  /** Runs a program there with its own tools. */
  readonly run: (program: string, ...args: readonly string[]) => Promise<void>
  remove(): Promise<void>
}

/**
 * Checks a commit out into a folder for temporary files, because Node runs no TypeScript below node_modules, and
 * installs its packages, as far as it can from pnpm's store.
 */
export async function checkOut(commit: string): Promise<Checkout> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-bench-checkout-'))
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true })
    await run('git', ['worktree', 'prune'], { cwd: root })
  }
  const runThere = async (program: string, ...args: readonly string[]): Promise<void> => {
    const PATH = `${path.join(folder, 'node_modules/.bin')}:${process.env['PATH']}`
    await run(program, args, { cwd: folder, env: { ...process.env, PATH }, maxBuffer: 100_000_000 })
  }
  try {
    await run('git', ['worktree', 'add', '--detach', folder, commit], { cwd: root })
    // `pnpm bench` sets the path of the pnpm that runs it.
    const pnpm = process.env['npm_execpath'] ?? 'pnpm'
    const install = ['install', '--prefer-offline', '--silent']
    await (/\.c?js$/.test(pnpm) ? runThere('node', pnpm, ...install) : runThere(pnpm, ...install))
  } catch (error) {
    await remove()
    throw error
  }
  return { folder, run: runThere, remove }
}
