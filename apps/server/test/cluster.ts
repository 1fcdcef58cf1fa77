import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { inject } from 'vitest'
import { startEmbeddedPostgres } from '../src/db/embedded.ts'

/** A PostgreSQL of a test's own. */
export interface Cluster {
  readonly url: string
  /**
   * Kills one of its processes: it closes every connection and recovers from its log, as after a
   * power cut.
   */
  crash(): Promise<void>
  /**
   * Restarts it as an operator would: it accepts no connection until it is back at the same port.
   */
  restart(): Promise<void>
  stop(): Promise<void>
}

/**
 * A folder for a PostgreSQL. Whatever still runs in it when the run ends is stopped then, however
 * the run ends.
 */
export async function clusterFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(inject('clusters'), 'cluster-'))
  // Run as root, PostgreSQL gets a user of its own, who must be able to reach its folder.
  await chmod(folder, 0o755)
  return folder
}

export async function startCluster(): Promise<Cluster> {
  const folder = await clusterFolder()
  const postgres = await startEmbeddedPostgres(folder)
  return {
    url: postgres.url,
    crash: () => crash(postgres.url),
    restart: () => restart(path.join(folder, 'postgres')),
    stop: () => postgres.stop(),
  }
}

async function restart(cluster: string): Promise<void> {
  // The command that started it is stored here for `pg_ctl restart`; pg_ctl lies beside it
  // (PostgreSQL documentation, pg_ctl).
  const options = await readFile(path.join(cluster, 'postmaster.opts'), 'utf8')
  const pgCtl = path.join(path.dirname(options.split(' ')[0] ?? ''), 'pg_ctl')
  const log = path.join(cluster, 'server.log')
  const { uid, gid } = await stat(cluster)
  const as = process.getuid?.() === 0 ? { uid, gid } : {}
  await promisify(execFile)(pgCtl, ['restart', '-D', cluster, '-m', 'fast', '-w', '-t', '180', '-l', log], {
    ...as,
    cwd: cluster,
  })
}

async function crash(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  process.kill(rows[0]?.pid ?? 0, 'SIGKILL')
  await client.end().catch(() => undefined)
}
