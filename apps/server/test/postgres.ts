import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { hasEmbeddedPostgres, startEmbeddedPostgres } from '../src/db/embedded.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL of the whole run; each test file makes databases of its own in it. */
    postgresUrl: string
    /** The folder for a test's own PostgreSQL: see cluster.ts. */
    clusters: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-test-'))
  const clusters = path.join(folder, 'clusters')
  await mkdir(clusters)
  // Run as root, PostgreSQL gets a user of its own, who must be able to reach its folder.
  for (const reached of [folder, clusters]) await chmod(reached, 0o755)
  const postgres = await startEmbeddedPostgres(folder)
  project.provide('postgresUrl', postgres.url)
  project.provide('clusters', clusters)
  return async () => {
    // A test that is cut off, by `--bail` or by its time, leaves its PostgreSQL running.
    for (const name of await readdir(clusters)) {
      const left = path.join(clusters, name)
      if (await hasEmbeddedPostgres(left)) await (await startEmbeddedPostgres(left)).stop()
    }
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
