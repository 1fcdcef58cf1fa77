import type { TLiteral } from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import type { EnvironmentReader } from '@tael/config'
import { OperatorRole } from '@tael/contracts'

/** How people sign in to the console at an identity provider. */
export interface OpenIdConfig {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** The claim of the id token that holds a person's groups or roles at the provider, one or several. */
  readonly roleClaim: string
  /** What each of them may do here. */
  readonly roles: ReadonlyMap<string, OperatorRole>
  /** Where the provider sends the browser back to. */
  readonly redirectUrl: string
}

/** What concerns the console, the web page of the operators' listener. */
export function readConsole(read: EnvironmentReader, live: boolean) {
  return {
    /** Undefined: nobody signs in at an identity provider, only with keys. */
    openId: readOpenId(read, live),
  } as const
}

const variables = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_ROLES'] as const

function readOpenId(read: EnvironmentReader, live: boolean): OpenIdConfig | undefined {
  const hasSecret = read.hasSecret('OIDC_CLIENT_SECRET')
  if (!hasSecret && !variables.some((name) => read.has(name))) return undefined
  const issuer = read.url('OIDC_ISSUER', "the issuer's address of your identity provider")
  const consoleUrl = read.url(
    'CONSOLE_URL',
    'the address at which operators open the console, which OpenID Connect requires',
  )
  for (const [name, url] of [
    ['OIDC_ISSUER', issuer],
    ['CONSOLE_URL', consoleUrl],
  ] as const) {
    if (live && url !== '' && !url.startsWith('https://'))
      read.problems.push(`${name} must be https in live mode: who signs in may refund`)
  }
  return {
    issuer,
    clientId: read.text('OIDC_CLIENT_ID', /^\S+$/, 'the id of this client at your identity provider'),
    clientSecret: read.secret('OIDC_CLIENT_SECRET', /^\S+$/, 'the secret of this client'),
    roleClaim: read.text(
      'OIDC_ROLE_CLAIM',
      /^\S+$/,
      'the claim with the groups or roles of a person',
      'groups',
    ),
    roles: readRoles(read),
    redirectUrl: `${consoleUrl}/openid/callback`,
  }
}

/** The pairs of OIDC_ROLES, such as `payments-team=support,finance=refunder`. */
function readRoles(read: EnvironmentReader): ReadonlyMap<string, OperatorRole> {
  const known = OperatorRole.anyOf.map((literal: TLiteral) => literal.const).join(', ')
  const rule = `pairs of a value of the claim and a role (${known}), such as finance=refunder`
  const text = read.text('OIDC_ROLES', /^[^=,]+=[a-z]+(,[^=,]+=[a-z]+)*$/, rule)
  const roles = new Map<string, OperatorRole>()
  for (const pair of text === '' ? [] : text.split(',')) {
    const [value = '', role] = pair.split('=')
    if (Check(OperatorRole, role)) roles.set(value.trim(), role)
    else read.problems.push(`OIDC_ROLES is invalid: ${rule}`)
  }
  return roles
}
