import { missingBrowser } from '@tael/stack/browser'
import { describe, test as base } from 'vitest'
import { openStage } from './stage.ts'

const missing = missingBrowser()

/** Groups tests that need a browser: where there is none they are skipped, and the title says why. */
export function describeInBrowser(title: string, tests: () => void): void {
  describe.skipIf(missing)(`${title}${missing === undefined ? '' : `, skipped: ${missing}`}`, () => {
    tests()
  })
}

/**
 * Tests that share one stage in all files of a Vitest worker, because to open one takes as long as several tests: it
 * opens for the first test that asks for it, and closes with the worker.
 */
// oxlint-disable-next-line no-empty-pattern -- Vitest reads in this pattern which fixtures this one needs.
export const test = base.extend('stage', { scope: 'worker' }, async ({}, { onCleanup }) => {
  const stage = await openStage()
  onCleanup(() => stage.close())
  return stage
})
