import type { Config } from '../config.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts'

/** A PostgreSQL to connect to: that of DATABASE_URL, or the embedded one. */
export interface OpenDatabase {
  readonly url: string
  /** For what needs a session of its own: migrations, and statements that are prepared. */
  readonly directUrl: string
  readonly how: 'given' | EmbeddedPostgres['how']
  /** Stops it where this process started it. */
  stop(): Promise<void>
}

export async function openDatabase(config: Config['database']): Promise<OpenDatabase> {
  if (config.kind === 'url') {
    const { url, directUrl = url } = config
    return { url, directUrl, how: 'given', stop: async () => undefined }
  }
  const embedded = await startEmbeddedPostgres(config.dataDir)
  return { ...embedded, directUrl: embedded.url }
}
