import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@tael/server/embedded-postgres'
import { Client, Pool } from 'pg'
import { type ProcessTimes, readChildren, readTimes } from './processes.ts'

/** The PostgreSQL that every program is measured on, each in a database of its own. */
export class Postgres {
  readonly #url: string
  readonly #admin: Pool
  readonly #stop: () => Promise<void>
  #postmaster = 0

  static async start(): Promise<Postgres> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tael-bench-'))
    // Run as root, PostgreSQL has its own user, which must be able to enter the folder.
    await chmod(folder, 0o755)
    const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
    try {
      const embedded = await startWithStatistics(folder)
      const postgres = new Postgres(embedded.url, async () => {
        await embedded.stop()
        await remove()
      })
      const { pid } = await postgres.#one<{ pid: number }>('select pg_backend_pid() as pid')
      postgres.#postmaster = (await readTimes(pid))?.parent ?? 0
      return postgres
    } catch (error) {
      await remove()
      throw error
    }
  }

  private constructor(url: string, stop: () => Promise<void>) {
    this.#url = url
    this.#stop = stop
    this.#admin = new Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0 })
    // It breaks when PostgreSQL stops.
    this.#admin.on('error', () => undefined)
  }

  /** A new database, a copy of another one where that is named. Nobody may be connected to that. */
  async createDatabase(name: string, template = 'template1'): Promise<string> {
    await this.#admin.query(`create database ${name} template ${template}`)
    const url = new URL(this.#url)
    url.pathname = `/${name}`
    return url.href
  }

  async dropDatabase(name: string): Promise<void> {
    await this.#admin.query(`drop database if exists ${name} with (force)`)
  }

  /** Its version, and whether a commit waits for the disk: what a reader of the figures must know. */
  async describe(): Promise<string> {
    const { version, fsync, commit } = await this.#one<{ version: string; fsync: string; commit: string }>(
      `select split_part(version(), ' ', 2) as version, current_setting('fsync') as fsync,
         current_setting('synchronous_commit') as commit`,
    )
    return `PostgreSQL ${version}, fsync ${fsync}, synchronous_commit ${commit}`
  }

  /** Milliseconds of processor time that all of PostgreSQL has used, but for those who serve other databases than this one. */
  async readCpu(database: string): Promise<CpuReading> {
    const { rows } = await this.#admin.query<{ pid: number }>(
      `select pid from pg_stat_activity where backend_type = 'client backend' and datname is distinct from $1`,
      [database],
    )
    const { postmaster, children } = await this.#readProcesses()
    const running = [...children.values()].reduce((sum, { ownMs }) => sum + ownMs, 0)
    const others = new Map(rows.map(({ pid }) => [pid, children.get(pid)?.ownMs ?? 0]))
    return { totalMs: postmaster.ownMs + postmaster.endedChildrenMs + running, others }
  }

  /** What each statement costs that this work lets a database run. */
  async countStatements(database: string, work: () => Promise<void>): Promise<readonly StatementCost[]> {
    const track = async (which: 'all' | 'none'): Promise<void> => {
      await this.#admin.query(`alter system set pg_stat_statements.track = '${which}'`)
      await this.#admin.query(`alter system set pg_stat_statements.track_planning = ${which === 'all'}`)
      await this.#admin.query('select pg_reload_conf()')
    }
    await this.#admin.query('create extension if not exists pg_stat_statements')
    await track('all')
    await this.#admin.query('select pg_stat_statements_reset()')
    await work()
    await track('none')
    const { rows } = await this.#admin.query<StatementCost>(
      `select query as statement, calls::float8, total_plan_time as "planMs", total_exec_time as "runMs",
         wal_bytes::float8 as "walBytes"
       from pg_stat_statements join pg_database on pg_database.oid = dbid
       where datname = $1 order by total_exec_time desc`,
      [database],
    )
    return rows
  }

  /** Again where one of its processes ended in between, whose time could count twice or not at all. */
  async #readProcesses(): Promise<{ postmaster: ProcessTimes; children: ReadonlyMap<number, ProcessTimes> }> {
    for (;;) {
      const before = await readTimes(this.#postmaster)
      const children = await readChildren(this.#postmaster)
      const postmaster = await readTimes(this.#postmaster)
      if (before === undefined || postmaster === undefined) throw new Error('PostgreSQL has stopped.')
      if (before.endedChildrenMs === postmaster.endedChildrenMs) return { postmaster, children }
    }
  }

  async #one<R extends object>(sql: string): Promise<R> {
    const [row] = (await this.#admin.query<R>(sql)).rows
    if (row === undefined) throw new Error(`No row: ${sql}`)
    return row
  }

  async stop(): Promise<void> {
    await this.#admin.end()
    await this.#stop()
  }
}

/** What a statement has cost on one database, in milliseconds and bytes, with all of its calls. */
export interface StatementCost {
  readonly statement: string
  readonly calls: number
  readonly planMs: number
  /** Waits for locks and, of a commit, for the disk included. */
  readonly runMs: number
  readonly walBytes: number
}

/** Starts it with pg_stat_statements loaded and switched off: `countStatements` switches it on. */
async function startWithStatistics(folder: string): Promise<EmbeddedPostgres> {
  const first = await startEmbeddedPostgres(folder)
  const client = new Client({ connectionString: first.url })
  await client.connect()
  await client.query(`alter system set shared_preload_libraries = 'pg_stat_statements'`)
  await client.query(`alter system set pg_stat_statements.track = 'none'`)
  await client.end()
  await first.stop()
  return startEmbeddedPostgres(folder)
}

export interface CpuReading {
  readonly totalMs: number
  /** What the backends of other databases have used, by their process. */
  readonly others: ReadonlyMap<number, number>
}

/** What PostgreSQL used between two readings of one database. */
export function cpuBetween(before: CpuReading, after: CpuReading): number {
  let others = 0
  for (const [pid, ms] of after.others) others += ms - (before.others.get(pid) ?? 0)
  return after.totalMs - before.totalMs - others
}
