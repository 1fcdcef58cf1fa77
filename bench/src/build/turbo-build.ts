import { appendFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { type Checkout, checkOut } from '../machine/checkout.ts'
import type { Options } from '../options.ts'
import type { Figures } from '../results/report.ts'
import { interleave, showSpread, spreadOf } from '../results/rounds.ts'

/** A cold build takes minutes on a slow machine. */
const ROUNDS_MAX = 3
/** Turbo's cache, in the checkout: the worktrees of a repository share it otherwise. */
const CACHE = '.turbo/bench-cache'
/** The source file in which a line changes. */
const CHANGED = 'apps/server/src/payments/start.ts'

/** `turbo run build` of the commit that is checked out: without a cache, again, and after one line has changed. */
export async function measureBuild({ rounds }: Options): Promise<Figures> {
  const checkout = await checkOut('HEAD')
  let changes = 0
  try {
    const measured = await interleave(Math.min(rounds, ROUNDS_MAX), [
      { name: 'cold: no cache', measure: async () => timeBuild(checkout, () => forget(checkout)) },
      { name: 'warm: nothing changed', measure: () => timeBuild(checkout) },
      {
        name: `one line of ${CHANGED} changed`,
        measure: () =>
          timeBuild(checkout, () => {
            changes += 1
            return appendFile(path.join(checkout.folder, CHANGED), `// Change ${changes}.\n`)
          }),
      },
    ])
    return {
      how: '`turbo run build` of the commit, in a checkout of its own.',
      tables: [
        {
          columns: ['turbo run build', 'ms'],
          rows: [...measured].map(([name, ms]) => [name, showSpread(spreadOf(ms))]),
        },
      ],
      goals: [],
    }
  } finally {
    await checkout.remove()
  }
}

async function timeBuild(
  { run }: Checkout,
  prepare: () => Promise<unknown> = async () => undefined,
): Promise<number> {
  await prepare()
  const start = performance.now()
  await run('turbo', 'run', 'build', '--cache-dir', CACHE, '--output-logs=errors-only')
  return performance.now() - start
}

/** Removes what builds have left. */
async function forget({ folder, run }: Checkout): Promise<void> {
  await rm(path.join(folder, CACHE), { recursive: true, force: true })
  await run('git', 'clean', '-xfdq', '--exclude', 'node_modules')
}
