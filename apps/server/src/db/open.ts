import type { Config } from '../config.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts'

/** A PostgreSQL to connect to: that of DATABASE_URL, or the embedded one. */
export interface OpenDatabase {
  readonly url: string
  readonly how: 'given' | EmbeddedPostgres['how']
  /** Stops it where this process started it. */
  stop(): Promise<void>
}

export async function openDatabase(config: Config['database']): Promise<OpenDatabase> {
  if (config.kind === 'url') return { url: config.url, how: 'given', stop: async () => undefined }
  return startEmbeddedPostgres(config.dataDir)
}
