import type { Readable } from 'node:stream'
import { Agent, request } from 'undici'
import type { Config } from '../config.ts'

/** The bound on one download, connecting included. */
const DEADLINE_MS = 240_000
const CONNECT_MS_MAX = 10_000

/** A report was not downloaded. The message is for the operator. */
export class ReportUnavailableError extends Error {
  override readonly name = 'ReportUnavailableError'
}

/** Downloads Adyen's reports with the key of a report user. */
export interface ReportDownloads {
  /**
   * Downloads the report at an address, while `read` reads it. Throws a ReportUnavailableError where Adyen does not
   * serve it, and whatever `read` throws.
   */
  download<T>(url: string, read: (report: Readable) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Undefined: no key is configured. */
export function createReportDownloads({ reports }: Config['adyen']): ReportDownloads | undefined {
  if (reports === undefined) return undefined
  const { apiKey, origin } = reports
  const agent = new Agent({ connect: { timeout: CONNECT_MS_MAX } })
  return {
    async download(url, read) {
      // The address comes from a webhook, whose signature does not cover it: the key goes to Adyen only.
      if (URL.parse(url)?.origin !== origin)
        throw new ReportUnavailableError(`its address is not at ${origin}`)
      const headers = { 'x-api-key': apiKey, accept: 'text/csv', 'user-agent': 'tael' }
      const signal = AbortSignal.timeout(DEADLINE_MS)
      // It follows no redirect, which could lead the key elsewhere.
      const { statusCode, body } = await request(url, { headers, dispatcher: agent, signal }).catch(
        throwUnavailable,
      )
      // Who reads it gets its error. Without a listener that of `destroy` would end the process.
      body.on('error', () => undefined)
      try {
        if (statusCode !== 200) throw new ReportUnavailableError(`Adyen answered HTTP ${statusCode}`)
        return await read(body)
      } catch (error) {
        if (body.errored !== null) throwUnavailable(body.errored)
        throw error
      } finally {
        // What `read` has left is not worth a connection.
        body.destroy()
      }
    },
    close: () => agent.destroy(),
  }
}

/** Why no report came, without anything that the other end sent. */
function throwUnavailable(error: unknown): never {
  if (error instanceof ReportUnavailableError) throw error
  const name = error instanceof Error ? error.name : ''
  const code = error instanceof Error && 'code' in error ? String(error.code) : name
  const reason = name === 'TimeoutError' ? `it did not end within ${DEADLINE_MS / 1000} s` : code
  throw new ReportUnavailableError(`the download ended early: ${reason}`, { cause: error })
}
