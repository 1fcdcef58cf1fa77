import { operatorRoles, type OperatorRole } from '@tael/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as openid from 'openid-client'
import type { OpenIdConfig } from '../config.ts'
import type { Context } from '../context.ts'
import { requireSafeTransport, setSessionCookie } from '../operators/session-cookie.ts'
import type { Person } from '../operators/sessions.ts'
import { PAGE_PATH } from './page.ts'
import { signInPerson } from './sign-in.ts'

/** How long a person may take at the identity provider. */
const ATTEMPT_SECONDS = 600
const DISCOVERY_SECONDS = 10
/** Not a character of base64url, in which the parts are. */
const SEPARATOR = '.'

/** What the browser keeps while its person is at the identity provider, and nobody else can read. */
interface Attempt {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/**
 * Signs people in at an identity provider: the authorization code flow of OpenID Connect, with PKCE,
 * state and nonce. Its two addresses are opened by browsers, so they answer with redirects, also where
 * the sign-in failed. No token of the provider is kept.
 */
export function serveOpenId(
  app: FastifyInstance,
  { db, config, log }: Pick<Context, 'db' | 'config' | 'log'>,
): void {
  const { openId } = config.console
  if (openId === undefined) return
  const provider = createProvider(openId)
  const hidden = { schema: { hide: true } }

  app.get(`${PAGE_PATH}/openid`, hidden, async (request, reply) => {
    requireSafeTransport(request)
    const attempt: Attempt = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      verifier: openid.randomPKCECodeVerifier(),
    }
    const url = await provider.authorizationUrl(attempt).catch((error: unknown) => {
      log.error({ err: error }, 'the identity provider cannot be used')
      return undefined
    })
    if (url === undefined) return sendToPage(reply, 'unavailable')
    keepAttempt(request, reply, attempt)
    return reply.redirect(url.href)
  })

  app.get(`${PAGE_PATH}/openid/callback`, hidden, async (request, reply) => {
    const attempt = takeAttempt(request, reply)
    if (attempt === undefined) return sendToPage(reply, 'expired')
    const query = request.originalUrl.split('?')[1] ?? ''
    const person = await provider.personOf(query, attempt).catch((error: unknown) => {
      log.warn({ err: describe(error) }, 'a sign-in at the identity provider failed')
      return 'failed' as const
    })
    if (person === 'failed' || person === 'no_role') return sendToPage(reply, person)
    setSessionCookie(request, reply, await signInPerson(db, request, person))
    return reply.redirect(PAGE_PATH)
  })
}

/** The parts of an error that name no code or token of the sign-in. */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { message: 'unknown' }
  const code = 'code' in error ? error.code : undefined
  const problem = 'error' in error ? error.error : undefined
  return { type: error.name, message: error.message, code, problem }
}

/** Opens the page with why nobody is signed in. */
function sendToPage(reply: FastifyReply, failure: 'unavailable' | 'expired' | 'failed' | 'no_role') {
  return reply.redirect(`${PAGE_PATH}#sign-in=${failure}`)
}

function createProvider({ issuer, clientId, clientSecret, redirectUrl, roleClaim, roles }: OpenIdConfig) {
  let discovered: Promise<openid.Configuration> | undefined
  /** Found once it is needed, so that a server starts without its identity provider. */
  const discover = (): Promise<openid.Configuration> => {
    discovered ??= openid
      .discovery(new URL(issuer), clientId, clientSecret, undefined, {
        timeout: DISCOVERY_SECONDS,
        // Live mode demands https of the configured address.
        execute: issuer.startsWith('http:') ? [openid.allowInsecureRequests] : [],
      })
      .catch((error: unknown) => {
        discovered = undefined
        throw error
      })
    return discovered
  }
  return {
    async authorizationUrl({ state, nonce, verifier }: Attempt): Promise<URL> {
      return openid.buildAuthorizationUrl(await discover(), {
        redirect_uri: redirectUrl,
        scope: 'openid profile',
        state,
        nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
    },
    /** The person whom the provider's answer proves; `no_role`: none of their groups has a role here. */
    async personOf(query: string, { state, nonce, verifier }: Attempt): Promise<Person | 'no_role'> {
      const answer = await openid.authorizationCodeGrant(
        await discover(),
        new URL(`${redirectUrl}?${query}`),
        {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        },
      )
      const claims = answer.claims()
      const role = highestRole(claims?.[roleClaim], roles)
      if (claims === undefined || role === undefined) return 'no_role'
      const { iss, sub, name, email } = claims
      const shown = [name, email].find((one) => typeof one === 'string' && one.trim() !== '')
      return { issuer: iss, subject: sub, name: typeof shown === 'string' ? shown : sub, role }
    },
  }
}

/** Roles rise in the order in which contracts lists them. */
function highestRole(claim: unknown, roles: ReadonlyMap<string, OperatorRole>): OperatorRole | undefined {
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim]
  const given = new Set(values.map((value) => (typeof value === 'string' ? roles.get(value) : undefined)))
  return operatorRoles.findLast((role) => given.has(role))
}

function attemptCookie({ protocol }: FastifyRequest) {
  const secure = protocol === 'https'
  return {
    name: secure ? '__Host-tael_openid' : 'tael_openid',
    // Lax: the provider's page leads back here, which is another site. It works once.
    options: { path: '/', httpOnly: true, secure, sameSite: 'lax', maxAge: ATTEMPT_SECONDS },
  } as const
}

function keepAttempt(request: FastifyRequest, reply: FastifyReply, attempt: Attempt): void {
  const { name, options } = attemptCookie(request)
  const { state, nonce, verifier } = attempt
  void reply.setCookie(name, [state, nonce, verifier].join(SEPARATOR), options)
}

function takeAttempt(request: FastifyRequest, reply: FastifyReply): Attempt | undefined {
  const { name, options } = attemptCookie(request)
  const [state, nonce, verifier] = (request.cookies[name] ?? '').split(SEPARATOR)
  void reply.clearCookie(name, options)
  return state && nonce && verifier ? { state, nonce, verifier } : undefined
}
