import { isIP } from 'node:net'
import { checkServerIdentity, connect, type PeerCertificate } from 'node:tls'
import { allUnknown, fail, type Finding, pass, passIf } from './finding.ts'

const WAIT_MS_MAX = 5_000
const DAY_MS = 86_400_000
const DAYS_LEFT_MIN = 30

/** What a TLS server presented, or why it presented nothing. */
type Presented =
  | { readonly kind: 'failed'; readonly code: string }
  | {
      readonly kind: 'presented'
      readonly protocol: string
      /** Why no known authority vouches for the chain. Undefined: one does. */
      readonly distrust: string | undefined
      readonly certificate: PeerCertificate
    }

/** What OpenSSL finds wrong with a chain, in words. */
const distrusts: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the intermediate certificates are missing',
  UNABLE_TO_GET_ISSUER_CERT: 'the intermediate certificates are missing',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'the intermediate certificates are missing, or no known authority signed it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it signed itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'no known authority signed it',
}
/** Of the leaf itself, or a name: these are other checks. */
const otherFaults: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'])

/** The TLS of the host of an https address: version, chain, host name and expiry. */
export async function examineCertificate({ hostname, port }: URL): Promise<Finding[]> {
  const host = hostname.replace(/^\[|\]$/g, '')
  const presented = await present(host, port === '' ? 443 : Number(port))
  if (presented.kind === 'failed') {
    const known = isVersionFault(presented.code)
      ? fail('webhook.tls_version', 'it agrees on no TLS of 1.2 or later')
      : fail('webhook.reached', `${host}: ${presented.code}`)
    return [known, ...tlsUnknown('no TLS connection', [known])]
  }
  const { protocol, distrust, certificate } = presented
  const daysLeft = Math.floor((Date.parse(certificate.valid_to) - Date.now()) / DAY_MS)
  const misnamed = checkServerIdentity(host, certificate)
  return [
    pass('webhook.tls_version', protocol),
    distrust === undefined || otherFaults.has(distrust)
      ? pass('webhook.tls_chain', 'complete and trusted')
      : fail('webhook.tls_chain', `${distrusts[distrust] ?? 'it is not trusted'} (${distrust})`),
    passIf(
      misnamed === undefined,
      'webhook.tls_host',
      misnamed === undefined ? host : `it is not for ${host}`,
    ),
    passIf(
      daysLeft >= DAYS_LEFT_MIN,
      'webhook.tls_expiry',
      daysLeft < 0 ? `it expired ${-daysLeft} days ago` : `it expires in ${daysLeft} days`,
    ),
  ]
}

/** The checks of TLS that are not among the known ones, all unknown. */
export function tlsUnknown(why: string, known: readonly Finding[] = []): Finding[] {
  return allUnknown('webhook', why, known).filter(({ check }) => check.startsWith('webhook.tls_'))
}

/** Whether two sides found no common TLS version or cipher. */
function isVersionFault(code: string): boolean {
  return /PROTOCOL|VERSION|HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY/.test(code)
}

/** Takes the handshake to its end whatever the certificate is. Nothing is sent. */
function present(host: string, port: number): Promise<Presented> {
  return new Promise((resolve) => {
    const servername = isIP(host) === 0 ? { servername: host } : {}
    const socket = connect({ host, port, ...servername, rejectUnauthorized: false, minVersion: 'TLSv1.2' })
    const end = (presented: Presented): void => {
      resolve(presented)
      socket.destroy()
    }
    socket.setTimeout(WAIT_MS_MAX, () => end({ kind: 'failed', code: 'no answer' }))
    socket.once('error', (error) => end({ kind: 'failed', code: codeOf(error) }))
    socket.once('secureConnect', () => {
      const { authorized, authorizationError } = socket
      end({
        kind: 'presented',
        protocol: socket.getProtocol() ?? 'unknown',
        distrust: authorized ? undefined : codeOf(authorizationError),
        certificate: socket.getPeerCertificate(),
      })
    })
  })
}

function codeOf(error: unknown): string {
  if (typeof error === 'string') return error
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
