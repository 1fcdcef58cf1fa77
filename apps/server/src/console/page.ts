import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import staticFiles from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** Where the page is. Each of its own addresses is below. */
export const PAGE_PATH = '/console'
/** In the built page, where the nonce of each answer stands. */
const NONCE_PLACE = /__CSP_NONCE__/g
const YEAR_MS = 31_536_000_000

/**
 * Serves the console's page, built into this folder. Its scripts and styles are files with the hash of their content in their
 * name; the page itself has a new nonce each time, for the styles that its components add.
 */
export async function serveConsolePage(app: FastifyInstance, folder: URL): Promise<void> {
  const page = await readFile(new URL('index.html', folder), 'utf8').catch((error: unknown) => {
    // The server is built and tested without it too; a release has it.
    app.log.warn({ err: error }, 'the console is not built: /console answers 404')
    return undefined
  })
  if (page === undefined) return
  await app.register(staticFiles, {
    root: fileURLToPath(new URL('assets/', folder)),
    prefix: `${PAGE_PATH}/assets/`,
    decorateReply: false,
    preCompressed: true,
    immutable: true,
    maxAge: YEAR_MS,
  })
  const options = { schema: { hide: true } }
  for (const path of [PAGE_PATH, `${PAGE_PATH}/*`]) {
    app.get(path, options, async (_, reply) => {
      const nonce = randomBytes(16).toString('base64')
      return reply
        .type('text/html; charset=utf-8')
        .headers({
          'content-security-policy': policyWith(nonce),
          'referrer-policy': 'no-referrer',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'x-frame-options': 'DENY',
        })
        .send(page.replace(NONCE_PLACE, nonce))
    })
  }
}

/** Nothing but the page's own files, and styles that its scripts add with the nonce. No inline script. */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
