import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createGunzip, createGzip } from 'node:zlib'
import { pipeline } from 'node:stream/promises'
import { REPORT_BYTES_MAX } from '@tael/contracts'
import type { ReportSource } from './read-report.ts'

/** A report as it is kept. */
export interface ReceivedReport {
  readonly name: string
  readonly sha256: Buffer
  /** Its size as it came. */
  readonly bytes: number
  /** The report, gzipped. */
  readonly content: Buffer
}

/** The report is larger than one that is kept. */
export class ReportTooLargeError extends Error {
  override readonly name = 'ReportTooLargeError'
}

/**
 * Reads a report from where it arrives, and keeps it compressed in memory. Throws a
 * ReportTooLargeError, and leaves the stream open so that its sender can be answered.
 */
export async function receiveReport(name: string, stream: Readable): Promise<ReceivedReport> {
  const hash = createHash('sha256')
  let bytes = 0
  async function* measured(): AsyncGenerator<Buffer> {
    const chunks: AsyncIterable<Buffer> = stream.iterator({ destroyOnReturn: false })
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (bytes > REPORT_BYTES_MAX)
        throw new ReportTooLargeError(`${name} is larger than ${REPORT_BYTES_MAX} bytes.`)
      hash.update(chunk)
      yield chunk
    }
  }
  const compressed = createGzip()
  const [content] = await Promise.all([
    buffer(compressed),
    pipeline(Readable.from(measured(), { objectMode: false }), compressed),
  ])
  return { name, sha256: hash.digest(), bytes, content }
}

/** A report that was received, to be read. */
export function sourceOf({ name, content }: Pick<ReceivedReport, 'name' | 'content'>): ReportSource {
  return { name, open: () => Readable.from([content]).pipe(createGunzip()) }
}
