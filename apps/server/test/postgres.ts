import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { createDatabase } from './actors/database.ts'
import { hasEmbeddedPostgres, startEmbeddedPostgres } from '../src/db/embedded.ts'
import { startCommand } from './run-command.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL of the whole run; each test file makes databases of its own in it. */
    postgresUrl: string
    /** A database of it that is migrated, to be copied. */
    preparedDatabase: string
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
  await trustTheMachine(postgres.url)
  project.provide('postgresUrl', postgres.url)
  const prepared = new URL(await createDatabase(postgres.url))
  const { code, err } = await startCommand(['migrate'], { DATABASE_URL: prepared.href }, folder)
  if (code !== 0) throw new Error(err)
  project.provide('preparedDatabase', prepared.pathname.slice(1))
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

/** Only a machine that loses its power needs what PostgreSQL writes to be on the disk. What dies in tests is a process. */
async function trustTheMachine(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('alter system set fsync = off')
  await client.query('alter system set full_page_writes = off')
  // The databases of tests are gone before they would need it.
  await client.query('alter system set autovacuum = off')
  await client.query('select pg_reload_conf()')
  await client.end()
}
