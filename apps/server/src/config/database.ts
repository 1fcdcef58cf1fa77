import type { EnvironmentReader } from '@tael/config'

export type DatabaseConfig =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'embedded'; readonly dataDir: string }

export function readDatabase(read: EnvironmentReader): DatabaseConfig {
  if (!read.has('DATABASE_URL'))
    return { kind: 'embedded', dataDir: read.text('DATA_DIR', /^.+$/, 'a folder', '.data') }
  const rule = 'postgresql://user:password@host:port/database'
  return { kind: 'url', url: read.text('DATABASE_URL', /^postgres(ql)?:\/\/\S+$/, rule) }
}
