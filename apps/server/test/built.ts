import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { bundleServer, copyConsole, removeBundles } from '../bundle.ts'

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
  await buildConsole()
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

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Builds the console's page; turbo does it only where a source of it has changed. */
async function buildConsole(): Promise<void> {
  const options = ['run', 'build', '--filter=@tael/console', '--output-logs=errors-only']
  await promisify(execFile)(`${root}node_modules/.bin/turbo`, options, { cwd: root })
  await copyConsole()
}
