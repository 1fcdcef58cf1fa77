import type { EnvironmentReader } from '@tael/config'
import { Client } from 'pg'

export type DatabaseConfig =
  | {
      readonly kind: 'url'
      readonly url: string
      /** Leads to PostgreSQL itself where `url` leads to a connection pooler; else undefined. */
      readonly directUrl: string | undefined
    }
  | { readonly kind: 'embedded'; readonly dataDir: string }

export function readDatabase(read: EnvironmentReader): DatabaseConfig {
  const directUrl = read.hasSecret('DATABASE_DIRECT_URL')
    ? checkUrl(read, 'DATABASE_DIRECT_URL', read.secret('DATABASE_DIRECT_URL', form, rule))
    : undefined
  if (read.hasSecret('DATABASE_URL')) {
    const url = checkUrl(read, 'DATABASE_URL', read.secret('DATABASE_URL', form, rule))
    return { kind: 'url', url, directUrl }
  }
  if (directUrl !== undefined)
    read.problems.push('DATABASE_URL is missing: DATABASE_DIRECT_URL only supplements it')
  return { kind: 'embedded', dataDir: read.text('DATA_DIR', /^.+$/, 'a folder', '.data') }
}

const form = /^postgres(ql)?:\/\/\S+$/
const rule = 'postgresql://user:password@host:port/database'

/** Adds a problem where `pg` cannot use the URL, whose own message could show the password. */
function checkUrl(read: EnvironmentReader, name: string, url: string): string {
  if (url === '') return url
  try {
    void new Client(url)
  } catch (error) {
    const isFile = error instanceof Error && 'syscall' in error
    read.problems.push(
      isFile
        ? `${name} is invalid: it names a certificate or key file that cannot be read`
        : `${name} is invalid: ${rule}, in which reserved characters of the password are percent-encoded`,
    )
  }
  return url
}
