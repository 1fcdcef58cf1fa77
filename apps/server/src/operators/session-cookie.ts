import { createHmac, timingSafeEqual } from 'node:crypto'
import { isFromThisMachine } from '@tael/config'
import { CSRF_HEADER } from '@tael/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { HttpProblem } from '../http/problem.ts'

/**
 * The cookie's name. Over https a browser takes `__Host-` only with Secure, for this host alone, so
 * that no other host of the domain can set it. Over http, which `requireSafeTransport` allows on this
 * machine only, Safari would not keep a Secure cookie.
 */
function cookieName({ protocol }: FastifyRequest): string {
  return protocol === 'https' ? '__Host-tael_session' : 'tael_session'
}

/** The session's secret that a request brings. It may have ended. */
export function readSessionCookie(request: FastifyRequest): string | undefined {
  const value = request.cookies[cookieName(request)]
  return value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined
}

/** Gives the browser a session. It forgets the cookie when it is closed; the server ends it before. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, secret: string): void {
  void reply.setCookie(cookieName(request), secret, cookieOptions(request))
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  void reply.clearCookie(cookieName(request), cookieOptions(request))
}

function cookieOptions({ protocol }: FastifyRequest) {
  return { path: '/', httpOnly: true, secure: protocol === 'https', sameSite: 'strict' } as const
}

/** Refuses to send a session's secret over a network without https. */
export function requireSafeTransport(request: FastifyRequest): void {
  if (request.protocol === 'https' || isFromThisMachine({ host: request.host })) return
  const detail =
    'Open the console over https, or on the machine itself. Behind a proxy, set TRUSTED_PROXIES and let it send X-Forwarded-Proto.'
  throw new HttpProblem('https_required', detail)
}

/**
 * Refuses what another site's page sends. SameSite=Strict keeps the cookie from such requests, but
 * the programs on other ports of a host are the same site.
 */
export function refuseOtherSites({ headers, protocol, host }: FastifyRequest): void {
  const { origin, 'sec-fetch-site': site } = headers
  if (origin !== undefined && origin !== `${protocol}://${host}`)
    throw forged('a page of another origin sent it, or a proxy hides the host of this one')
  if (site !== undefined && site !== 'same-origin') throw forged('a page of another site sent it')
}

/**
 * Refuses a change that the console's own page did not ask for. The token is a second proof: no page
 * of another origin can read it or set the header, whatever a browser or proxy says of the origin.
 */
export function requireOwnPage(request: FastifyRequest, secret: string): void {
  if (request.headers.origin === undefined) throw forged('it names no Origin')
  refuseOtherSites(request)
  const given = Buffer.from(String(request.headers[CSRF_HEADER] ?? ''))
  const wanted = Buffer.from(csrfTokenOf(secret))
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw forged(`it lacks the session's token in ${CSRF_HEADER}`)
}

/** The token that proves a request to come from the page which was given this session. */
export function csrfTokenOf(secret: string): string {
  return createHmac('sha256', secret).update('csrf').digest('base64url')
}

function forged(reason: string): HttpProblem {
  return new HttpProblem('request_forged', `Send the request from the console's page: ${reason}.`)
}
