import type { TestProject } from 'vitest/node'
import { bundleServer, removeBundles } from '../bundle.ts'

declare module 'vitest' {
  interface ProvidedContext {
    serverBuilt?: boolean
  }
}

/**
 * Tests start the built server: builds it once for all projects of a run, and again before each
 * rerun in watch mode.
 */
export default async function setup(project: TestProject): Promise<void> {
  const run = project.vitest.getRootProject()
  if (run.getProvidedContext().serverBuilt === true) return
  run.provide('serverBuilt', true)
  await bundleServer()
  project.onTestsRerun(async (specifications) => {
    try {
      await bundleServer()
    } catch {
      // esbuild has printed its errors. Vitest runs what is left in the list; no test may pass on
      // the older build.
      specifications.length = 0
      await removeBundles()
    }
  })
}
