import { statfs } from 'node:fs/promises'
import { sql } from 'kysely'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import { fail, type Finding, pass, passIf, unknown } from './finding.ts'

const GIB = 2 ** 30
const MIB = 2 ** 20
const FREE_MIN = GIB
const FREE_SHARE_MIN = 0.05

interface Space {
  readonly free: number
  readonly total: number
}

/** The space on the disks of these folders, and on PostgreSQL's if it can be seen from here. */
export async function examineDisk(
  database: Config['database'],
  folders: readonly string[],
  db: Db | undefined,
): Promise<Finding[]> {
  const own: Finding[] = []
  for (const folder of folders) {
    const space = await findSpace(folder)
    own.push(
      space === undefined
        ? unknown('disk.machine', `the disk of ${folder} cannot be seen`)
        : passIf(isEnough(space), 'disk.machine', `${folder}: ${describe(space)}`),
    )
  }
  return [...own, await examineDatabaseDisk(database, db)]
}

async function examineDatabaseDisk(database: Config['database'], db: Db | undefined): Promise<Finding> {
  const embedded = database.kind === 'embedded' ? await findSpace(database.dataDir) : undefined
  if (embedded !== undefined) return passIf(isEnough(embedded), 'disk.database', describe(embedded))
  if (db === undefined) return unknown('disk.database', 'the database is not reached')
  const size = sql<{ bytes: number }>`select pg_database_size(current_database())::float8 as bytes`
  const bytes = (await size.execute(db)).rows[0]?.bytes ?? 0
  const used = `the database takes ${Math.ceil(bytes / MIB)} MiB`
  const folder = await findLocalFolder(database, db)
  const space = folder === undefined ? undefined : await findSpace(folder)
  if (space === undefined) return unknown('disk.database', `${used}; its disk is that of another machine`)
  const found = `${used}; ${describe(space)}`
  return isEnough(space) ? pass('disk.database', found) : fail('disk.database', found)
}

/** Where PostgreSQL keeps its files, if it runs on this machine and the role may know. */
async function findLocalFolder(database: Config['database'], db: Db): Promise<string | undefined> {
  const host = database.kind === 'url' ? URL.parse(database.url)?.hostname : ''
  if (host === undefined || !['', 'localhost', '127.0.0.1', '[::1]'].includes(host)) return undefined
  const setting = sql<{ folder: string | null }>`
    select case when pg_has_role(current_user, 'pg_read_all_settings', 'usage')
      then current_setting('data_directory') end as folder`
  return (await setting.execute(db)).rows[0]?.folder ?? undefined
}

async function findSpace(folder: string): Promise<Space | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder)
    return { free: bavail * bsize, total: blocks * bsize }
  } catch {
    // It is on another machine, or in a folder that this process may not see: unknown.
    return undefined
  }
}

function isEnough({ free, total }: Space): boolean {
  return free >= FREE_MIN && free >= total * FREE_SHARE_MIN
}

function describe({ free, total }: Space): string {
  return `${(free / GIB).toFixed(1)} of ${(total / GIB).toFixed(1)} GiB are free`
}
