import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '@tael/stack'

const program = '/usr/sbin/pgbouncer'

/** Why tests with PgBouncer cannot run here; undefined if they can. In CI a missing one throws. */
export function missingPgBouncer(): string | undefined {
  if (existsSync(program)) return undefined
  const problem = `No PgBouncer at ${program}: install it (apt-get install pgbouncer)`
  if (process.env['CI'] !== undefined) throw new Error(problem)
  return problem
}

/** A PgBouncer in front of a PostgreSQL. */
export interface PgBouncer {
  /** The same database, reached through it. */
  through(databaseUrl: string): string
  stop(): Promise<void>
}

/** Starts Debian's PgBouncer with its default settings, but for pooling by transaction. */
export async function startPgBouncer(postgresUrl: string): Promise<PgBouncer> {
  const target = new URL(postgresUrl)
  const port = await freePort()
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-pgbouncer-'))
  const users = path.join(folder, 'users.txt')
  const settings = path.join(folder, 'pgbouncer.ini')
  await writeFile(users, `"${target.username}" "${target.password}"\n`)
  await writeFile(
    settings,
    [
      '[databases]',
      `* = host=${target.hostname} port=${target.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      `auth_file = ${users}`,
      'pool_mode = transaction',
    ].join('\n'),
  )
  // It refuses to run as root, and its other user must be able to read these.
  for (const each of [folder, users, settings]) await chmod(each, 0o755)
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn(program, [...user, settings], { stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(child, 'exit')
  const started = new Promise<void>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.includes('process up')) resolve()
    })
  })
  await Promise.race([
    started,
    exited.then(() => {
      throw new Error('PgBouncer did not start.')
    }),
  ])
  return {
    through(databaseUrl) {
      const url = new URL(databaseUrl)
      url.host = `127.0.0.1:${port}`
      return url.href
    },
    async stop() {
      child.kill()
      await exited
      await rm(folder, { recursive: true })
    },
  }
}
