import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { fillIn } from './fill-in.ts'
import { type Daemon, run, startDaemon, waitUntil } from './programs.ts'

const NETWORK = '10.213.77'
/** The drill's own end of the bridge: Tael, HAProxy and PgBouncer. */
const HUB = `${NETWORK}.1`
const ANSWER_MS_MAX = 1_000
/** A start, a copy of the primary or a rewind takes less, on a busy machine too. */
const HEALTHY_MS_MAX = 180_000
const REMOVAL_ATTEMPTS = 20

const Members = Type.Object({
  members: Type.Array(
    Type.Object({
      name: Type.String(),
      role: Type.String(),
      state: Type.String(),
      timeline: Type.Optional(Type.Unknown()),
    }),
  ),
})
type Member = Type.Static<typeof Members>['members'][number]

/** One machine: a network namespace with an address, in which etcd, Patroni and PostgreSQL run. */
export class Node {
  readonly name: string
  readonly address: string
  readonly folder: string
  readonly values: Readonly<Record<string, string>>
  #etcd: Daemon | undefined
  #patroni: Daemon | undefined

  constructor(name: string, address: string, folder: string, shared: Readonly<Record<string, string>>) {
    this.name = name
    this.address = address
    this.folder = folder
    this.values = {
      ...shared,
      NODE_NAME: name,
      NODE_ADDRESS: address,
      ETCD_DATA_DIR: path.join(folder, 'etcd'),
      PGDATA: path.join(folder, 'data'),
      PGPASS_FILE: path.join(folder, 'pgpass'),
      SOCKET_DIR: folder,
    }
  }

  get dataFolder(): string {
    return path.join(this.folder, 'data')
  }

  get #configuration(): string {
    return path.join(this.folder, 'patroni.yml')
  }

  async open(): Promise<void> {
    await mkdir(this.folder)
    await run('ip', ['netns', 'add', this.name])
    await run('ip', [
      'link',
      'add',
      `to-${this.name}`,
      'type',
      'veth',
      'peer',
      'name',
      'net0',
      'netns',
      this.name,
    ])
    await run('ip', ['link', 'set', `to-${this.name}`, 'master', 'tael', 'up'])
    const inside = { namespace: this.name }
    await run('ip', ['link', 'set', 'lo', 'up'], inside)
    await run('ip', ['address', 'add', `${this.address}/24`, 'dev', 'net0'], inside)
    await run('ip', ['link', 'set', 'net0', 'up'], inside)
    await fillIn('postgres-ha/patroni.yml', this.values, this.#configuration)
    await run('chown', ['-R', 'postgres:postgres', this.folder])
    await chmod(this.#configuration, 0o644)
  }

  async startEtcd(): Promise<void> {
    const text = await fillIn('postgres-ha/etcd.env', this.values, path.join(this.folder, 'etcd.env'))
    const env = Object.fromEntries(
      [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]),
    )
    const log = path.join(this.folder, 'etcd.log')
    this.#etcd = startDaemon('etcd', [], { namespace: this.name, user: 'postgres', env, log })
  }

  /** Starts Patroni, which starts PostgreSQL. */
  startPatroni(): void {
    const log = path.join(this.folder, 'patroni.log')
    const surroundings = { namespace: this.name, user: 'postgres', log }
    this.#patroni = startDaemon('patroni', [this.#configuration], surroundings)
  }

  /** Kills Patroni and PostgreSQL, at the same moment. */
  async kill(): Promise<void> {
    const postmaster = await this.#postmaster()
    const patroni = this.#patroni?.stop('SIGKILL')
    process.kill(postmaster, 'SIGKILL')
    await patroni
  }

  async #postmaster(): Promise<number> {
    const lines = await readFile(path.join(this.dataFolder, 'postmaster.pid'), 'utf8')
    return Number(lines.split('\n')[0])
  }

  /** Removes the data while PostgreSQL runs on it, until nothing of it is left. */
  async loseDisk(): Promise<void> {
    await rm(this.dataFolder, { recursive: true, force: true, maxRetries: REMOVAL_ATTEMPTS, retryDelay: 50 })
  }

  /** Takes its network away, or gives it back. */
  async setLink(state: 'up' | 'down'): Promise<void> {
    await run('ip', ['link', 'set', `to-${this.name}`, state])
  }

  /** Whether PostgreSQL itself takes writes; asked over its socket. */
  async takesWrites(): Promise<boolean> {
    const args = ['-h', this.folder, '-U', 'postgres', '-Atc', 'select not pg_is_in_recovery()', 'postgres']
    const answer = await run('psql', args, { user: 'postgres', env: { PGCONNECT_TIMEOUT: '1' } }).catch(
      () => '',
    )
    return answer.trim() === 't'
  }

  async stop(): Promise<void> {
    await this.#patroni?.stop()
    await this.#etcd?.stop()
  }
}

const secret = (): string => randomBytes(12).toString('hex')

/** Three machines with PostgreSQL under Patroni, joined by a bridge. */
export class PostgresCluster {
  readonly nodes: readonly Node[]
  /** The password of PostgreSQL's superuser. */
  readonly password: string
  /** What the files of HAProxy and PgBouncer need. */
  readonly values: Readonly<Record<string, string>>

  private constructor(folder: string) {
    this.password = secret()
    const places = [1, 2, 3].map((number) => ({ name: `pg${number}`, address: `${NETWORK}.1${number}` }))
    const named = places.flatMap(({ name, address }, index) => [
      [`NODE${index + 1}_NAME`, name],
      [`NODE${index + 1}_ADDRESS`, address],
    ])
    this.values = {
      ...Object.fromEntries(named),
      PGBIN: '/usr/lib/postgresql/15/bin',
      DATABASE_NETWORK: `${NETWORK}.0/24`,
      SUPERUSER_PASSWORD: this.password,
      REPLICATION_PASSWORD: secret(),
      REWIND_PASSWORD: secret(),
    }
    this.nodes = places.map(
      ({ name, address }) => new Node(name, address, path.join(folder, name), this.values),
    )
  }

  static async start(folder: string): Promise<PostgresCluster> {
    const cluster = new PostgresCluster(folder)
    await run('ip', ['link', 'add', 'tael', 'type', 'bridge'])
    await run('ip', ['address', 'add', `${HUB}/24`, 'dev', 'tael'])
    await run('ip', ['link', 'set', 'tael', 'up'])
    for (const node of cluster.nodes) await node.open()
    await Promise.all(cluster.nodes.map((node) => node.startEtcd()))
    for (const node of cluster.nodes) node.startPatroni()
    await cluster.waitUntilHealthy()
    return cluster
  }

  /** The members as each Patroni sees them. */
  async members(): Promise<readonly Member[]> {
    const asked = this.nodes.map(async ({ address }) => {
      const answer = await fetch(`http://${address}:8008/cluster`, {
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      })
      return Parse(Members, await answer.json()).members
    })
    return Promise.any(asked)
  }

  /** The primary with its lock. Rejects where there is none. */
  async primary(): Promise<Node> {
    const name = (await this.members()).find(({ role }) => role === 'leader')?.name
    const found = this.nodes.find((node) => node.name === name)
    if (found === undefined) throw new Error('There is no primary.')
    return found
  }

  /** Waits for a primary and two standbys that follow it, one of them synchronously. */
  async waitUntilHealthy(): Promise<void> {
    const isHealthy = async (): Promise<boolean> => {
      const members = await this.members()
      const running = members.filter(({ state }) => state === 'running' || state === 'streaming')
      const timelines = new Set(running.map(({ timeline }) => timeline))
      const roles = running.map(({ role }) => role)
      const isWhole = running.length === this.nodes.length && timelines.size === 1
      return isWhole && roles.includes('leader') && roles.includes('sync_standby') && (await this.#follow())
    }
    await waitUntil('a primary with two standbys', isHealthy, HEALTHY_MS_MAX, 500)
  }

  /** Whether every standby receives what the primary writes. */
  async #follow(): Promise<boolean> {
    const { folder } = await this.primary()
    const sql = `select count(*) filter (where state = 'streaming'), count(*) filter (where sync_state = 'sync') from pg_stat_replication`
    const answer = await run('psql', ['-h', folder, '-U', 'postgres', '-Atc', sql, 'postgres'], {
      user: 'postgres',
    })
    return answer.trim() === '2|1'
  }

  /** Lets the synchronous standby take over, as an operator does. */
  async switchOver(): Promise<void> {
    const [{ folder }] = [await this.primary()]
    const target = (await this.members()).find(({ role }) => role === 'sync_standby')?.name
    if (target === undefined) throw new Error('There is no synchronous standby.')
    const configuration = path.join(folder, 'patroni.yml')
    await run('patronictl', ['-c', configuration, 'switchover', 'tael', '--candidate', target, '--force'], {
      env: { LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8' },
    })
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()))
  }
}
