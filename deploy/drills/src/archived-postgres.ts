import { appendFile, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { fillIn } from './fill-in.ts'
import { type Daemon, run, startDaemon, waitUntil } from './programs.ts'

const PROGRAMS = '/usr/lib/postgresql/15/bin'
const user = 'postgres'
const START_MS_MAX = 120_000

/** One PostgreSQL whose log pgBackRest archives, on the port 5432 of the drill's own network. */
export class ArchivedPostgres {
  readonly url: string
  readonly #folder: string
  #server: Daemon | undefined

  private constructor(folder: string) {
    this.#folder = folder
    this.url = `postgres://postgres@127.0.0.1:5432/tael`
  }

  /** Starts an empty one with the database `tael`, and takes a full backup. */
  static async start(folder: string): Promise<ArchivedPostgres> {
    const postgres = new ArchivedPostgres(folder)
    await postgres.#create()
    await postgres.#run()
    await postgres.sql('create database tael', 'postgres')
    await postgres.#pgBackRest('stanza-create')
    await postgres.#pgBackRest('check')
    return postgres
  }

  async back(): Promise<void> {
    await this.#pgBackRest('backup', '--type=full')
  }

  /** Runs SQL as the superuser. Resolves with the first column of the rows. */
  async sql(text: string, database = 'tael'): Promise<string> {
    const args = ['-h', this.#folder, '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-Atc', text, database]
    return (await run('psql', args, { user })).trim()
  }

  /** Stops it, restores the backup with the archived log up to this time of PostgreSQL's, and starts it. */
  async restoreTo(time: string): Promise<void> {
    await this.stop()
    await this.#pgBackRest('restore', '--delta', '--type=time', `--target=${time}`, '--target-action=promote')
    await this.#run()
  }

  async stop(): Promise<void> {
    // What PostgreSQL calls a fast shutdown: connections end, and the log is archived.
    await this.#server?.stop('SIGINT')
  }

  get #data(): string {
    return path.join(this.#folder, 'data')
  }

  get #configuration(): string {
    return path.join(this.#folder, 'pgbackrest.conf')
  }

  async #create(): Promise<void> {
    const folders = {
      BACKUP_REPO: path.join(this.#folder, 'repository'),
      BACKUP_LOG: path.join(this.#folder, 'log'),
    }
    for (const each of Object.values(folders)) await mkdir(each)
    await run('chown', ['-R', 'postgres:postgres', this.#folder])
    await run(
      `${PROGRAMS}/initdb`,
      ['-D', this.#data, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-k'],
      { user },
    )
    const values = {
      ...folders,
      PGDATA: this.#data,
      SOCKET_DIR: this.#folder,
      BACKUP_CONFIG: this.#configuration,
    }
    await fillIn('pgbackrest/pgbackrest.conf', values, this.#configuration)
    await fillIn('pgbackrest/archive.conf', values, path.join(this.#data, 'archive.conf'))
    const settings = `include 'archive.conf'\nunix_socket_directories = '${this.#folder}'\n`
    await appendFile(path.join(this.#data, 'postgresql.conf'), settings)
    await run('chown', ['-R', 'postgres:postgres', this.#folder])
  }

  async #run(): Promise<void> {
    const log = path.join(this.#folder, 'postgres.log')
    this.#server = startDaemon(`${PROGRAMS}/postgres`, ['-D', this.#data], {
      user,
      log,
      env: this.#environment,
    })
    const isPrimary = async (): Promise<boolean> =>
      (await this.sql('select pg_is_in_recovery()', 'postgres')) === 'f'
    await waitUntil('PostgreSQL takes writes', isPrimary, START_MS_MAX)
  }

  get #environment(): Readonly<Record<string, string>> {
    return { PGBACKREST_LOCK_PATH: path.join(this.#folder, 'lock') }
  }

  async #pgBackRest(command: string, ...options: readonly string[]): Promise<void> {
    const args = [
      `--config=${this.#configuration}`,
      '--stanza=tael',
      '--log-level-console=warn',
      ...options,
      command,
    ]
    await run('pgbackrest', args, { user, env: this.#environment })
  }
}
