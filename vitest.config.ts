import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import SlowestFirst from './vitest.sequencer.ts'

const root = fileURLToPath(new URL('.', import.meta.url))
const startsPrograms = [
  '{apps/{server,simulator},packages/{adyen,contracts}}/test/**/*.test.ts',
  'e2e/*.test.ts',
]
/** What is waited for comes in a moment; on a busy machine that is a long one. */
const poll = { timeout: 60_000 }
const timeouts = { testTimeout: 180_000, hookTimeout: 180_000 }

// The tests start Tael's programs by the hundred: Node compiles their source only once.
process.env['NODE_COMPILE_CACHE'] = fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url))

/** What the files of a project share is in modules without state: each worker loads them once, not once a file. */
const isolate = false

export default defineConfig({
  test: {
    reporters: ['default', './vitest.summary.ts'],
    // Tests wait for programs they started: more files run side by side than a small machine has cores.
    maxWorkers: 6,
    sequence: { sequencer: SlowestFirst },
    // In watch mode: tests start these sources as processes, so no import connects a test file with them.
    watchTriggerPatterns: [
      {
        pattern:
          /\/(?:apps\/server\/(?:src|migrations)|(?:apps\/simulator|packages\/(?:adyen|contracts))\/src)\//,
        testsToRun: () => globSync(startsPrograms, { cwd: root }),
      },
    ],
    projects: [
      {
        test: {
          name: 'packages',
          isolate,
          include: [
            'packages/*/test/**/*.test.ts',
            'apps/{console,simulator,miniprogram,playground}/test/**/*.test.ts',
            'docs/test/**/*.test.ts',
            'mutation/test/**/*.test.ts',
            'deploy/drills/test/**/*.test.ts',
            'e2e/{architecture,deploy}.test.ts',
          ],
          expect: { poll },
          ...timeouts,
        },
      },
      {
        test: {
          name: 'server',
          isolate,
          include: ['apps/server/test/**/*.test.ts'],
          globalSetup: ['apps/server/test/built.ts', 'apps/server/test/postgres.ts'],
          // The linter finds no test without an assertion where `test` comes from fixtures.ts.
          expect: { requireAssertions: true, poll },
          ...timeouts,
        },
      },
      {
        test: {
          name: 'e2e',
          isolate,
          include: ['e2e/*.test.ts'],
          exclude: ['e2e/{architecture,deploy}.test.ts'],
          globalSetup: ['apps/server/test/built.ts'],
          expect: { poll },
          ...timeouts,
        },
      },
    ],
  },
})
