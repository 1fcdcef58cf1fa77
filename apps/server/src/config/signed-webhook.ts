import type { EnvironmentReader } from '@tael/config'

/** The bytes of a secret of Standard Webhooks. */
const SECRET_BYTES_MIN = 24
const SECRET_BYTES_MAX = 64

/** One secret of Standard Webhooks. */
export const SECRET = /^whsec_[A-Za-z0-9+/]+={0,2}$/
/** The secrets in a variable, and what they are. */
export const SECRETS = /^whsec_[A-Za-z0-9+/]+={0,2}(,whsec_[A-Za-z0-9+/]+={0,2})*$/
export const SECRETS_RULE =
  'secrets of Standard Webhooks, whsec_ and base64; several, separated by commas, during a rotation'

/** Where signed messages are delivered, and the secrets that sign each of them. */
export interface SignedWebhookConfig {
  readonly url: string
  readonly secrets: readonly string[]
}

/** Checks what the variables `PREFIX_URL` and `PREFIX_SECRETS` hold; an empty text was refused before. */
export function checkSignedWebhook(
  { problems }: EnvironmentReader,
  live: boolean,
  prefix: string,
  { url, secrets: joined }: { readonly url: string; readonly secrets: string },
): SignedWebhookConfig {
  const secrets = joined.split(',').filter((secret) => secret !== '')
  problems.push(
    ...(url === '' ? [] : findAddressProblems(url, live).map((problem) => `${prefix}_URL ${problem}`)),
    ...(secrets.every(isSecretLength) ? [] : [`${prefix}_SECRETS is invalid: ${SECRET_LENGTH_RULE}`]),
  )
  return { url, secrets }
}

export const SECRET_LENGTH_RULE = `a secret has ${SECRET_BYTES_MIN} to ${SECRET_BYTES_MAX} bytes`

/** Whether a secret of the right form has as many bytes as it must. */
export function isSecretLength(secret: string): boolean {
  const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64').length
  return bytes >= SECRET_BYTES_MIN && bytes <= SECRET_BYTES_MAX
}

/** What is wrong with an address to which we send what names orders and payments. */
export function findAddressProblems(url: string, live: boolean): readonly string[] {
  return [
    ...(live && !url.startsWith('https://')
      ? ['must be https in live mode: what is sent names orders and payments']
      : []),
    ...(/^https?:\/\/[^/]*@/.test(url)
      ? ['is invalid: without user name and password, which the log could show']
      : []),
  ]
}
