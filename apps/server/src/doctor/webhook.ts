import { randomBytes } from 'node:crypto'
import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { sign } from '@tael/adyen'
import { isLoopback } from '@tael/config'
import type { ProblemCode } from '@tael/contracts'
import { Agent, request } from 'undici'
import type { Config } from '../config.ts'
import { refusals } from '../webhooks/authenticate.ts'
import { examineCertificate, tlsUnknown } from './certificate.ts'
import { allUnknown, fail, type Finding, pass, passIf, unknown } from './finding.ts'

const WAIT_MS_MAX = 8_000
const PATH = '/webhooks/adyen'

/**
 * The signed test. It is of no merchant account of Adyen's, so that the server stores it as foreign, once
 * for ever: the same signed values are the same item, and a repetition is only counted.
 */
const test = {
  pspReference: 'TAELDOCTOR000001',
  merchantAccountCode: 'TaelDoctor',
  merchantReference: 'a test of doctor',
  amount: { currency: 'CNY', value: 0 },
  eventCode: 'TAEL_DOCTOR',
  success: 'true',
}

/** An answer, as far as it is read. */
interface Answer {
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly hsts: boolean
}

/** The problem of a server in the other mode. */
const otherMode: ProblemCode = 'webhook_environment_mismatch'

const Problem = Type.Object({ code: Type.String(), detail: Type.Optional(Type.String()) })

/** The public address of the webhook, as Adyen calls it: through DNS, the proxy and its TLS. */
export async function examineWebhook(
  adyen: Config['adyen'],
  address: string | undefined,
): Promise<Finding[]> {
  const url = address === undefined ? null : URL.parse(address)
  if (url === null) return allUnknown('webhook', 'PUBLIC_URL is not set, and --webhook-url not given')
  if (url.protocol !== 'https:' && !isLoopback(url.hostname))
    return allUnknown('webhook', 'the address is not https: the password is not sent in clear')
  const { webhookUsername, webhookPassword, hmacKeys } = adyen
  if ([webhookUsername, webhookPassword, ...hmacKeys].includes(''))
    return allUnknown('webhook', 'its variables are not valid')
  const tls =
    url.protocol === 'https:' ? await examineCertificate(url) : tlsUnknown('the address is not https')
  if (tls.some(({ state }) => state === 'fail') && !isTrusted(tls))
    return [...tls, ...allUnknown('webhook', 'nothing is sent over this connection', tls)]
  const agent = new Agent({ connect: { timeout: WAIT_MS_MAX } })
  try {
    return [...tls, ...(await examineAnswers(adyen, url, agent))]
  } finally {
    await agent.close()
  }
}

/** Whether only the expiry is near: the password may be sent. */
function isTrusted(tls: readonly Finding[]): boolean {
  return tls.every(
    ({ check, state, found }) =>
      state === 'pass' || (check === 'webhook.tls_expiry' && found.startsWith('it expires')),
  )
}

async function examineAnswers(adyen: Config['adyen'], url: URL, agent: Agent): Promise<Finding[]> {
  const { hmacKeys, live } = adyen
  const [current = '', previous] = hmacKeys
  const send = (signature: string): Promise<Answer | string> => sendTest(adyen, { url, agent, signature })
  const answer = await send(sign(test, current))
  if (typeof answer === 'string')
    return rest('it does not answer', fail('webhook.reached', `${url.host}: ${answer}`))
  const { status, code, detail } = answer
  const found = `HTTP ${status} ${code}`.trim()
  // Without what a merchant may have put before the host.
  const shown = `${url.origin}${url.pathname}`
  const isTael = isAccepted(answer) || code.startsWith('webhook_')
  if (!isTael) return rest('Tael does not answer there', fail('webhook.reached', `${shown}: ${found}`))
  const reached = pass('webhook.reached', shown)
  const operators = await examineOperators(url, agent)
  const forwarded = passIf(
    answer.hsts || url.protocol !== 'https:',
    'webhook.forwarded',
    answer.hsts ? 'the server answers with HSTS' : 'the server takes the request for http',
  )
  const proxies = unknown('webhook.proxies', 'the server tells no caller which address it saw')
  const around = [reached, operators, forwarded, proxies]
  if (detail === refusals.credentials)
    return rest('the credentials are refused', ...around, fail('webhook.credentials', found))
  const credentials = pass('webhook.credentials', 'accepted')
  if (detail === refusals.signature)
    return rest('the key is refused', ...around, credentials, fail('webhook.current_key', found))
  const key = pass('webhook.current_key', 'the signature is accepted')
  const environment = passIf(
    code !== otherMode,
    'webhook.environment',
    code === otherMode ? `it is not in ${live ? 'live' : 'test'} mode` : 'the same mode',
  )
  const forged = await send(sign(test, randomBytes(32).toString('hex')))
  return [
    ...around,
    credentials,
    key,
    environment,
    await examinePrevious(previous, send),
    typeof forged !== 'string' && forged.status === 401
      ? pass('webhook.forged', 'refused with HTTP 401')
      : fail('webhook.forged', typeof forged === 'string' ? forged : `HTTP ${forged.status}`),
  ]
}

/** What is known, and that the rest is not, but for TLS. */
function rest(why: string, ...known: readonly Finding[]): Finding[] {
  const others = allUnknown('webhook', why, known).filter(({ check }) => !check.startsWith('webhook.tls_'))
  return [...known, ...others]
}

async function examinePrevious(
  previous: string | undefined,
  send: (signature: string) => Promise<Answer | string>,
): Promise<Finding> {
  if (previous === undefined) return pass('webhook.previous_key', 'no rotation: there is one key')
  const answer = await send(sign(test, previous))
  if (typeof answer === 'string') return fail('webhook.previous_key', answer)
  return passIf(
    answer.detail !== refusals.signature,
    'webhook.previous_key',
    `HTTP ${answer.status} ${answer.code}`.trim(),
  )
}

const isAccepted = ({ status }: Answer): boolean => status >= 200 && status < 300

/** Sends the test with this signature. A text is why no answer came. */
async function sendTest(
  { live, webhookUsername, webhookPassword }: Config['adyen'],
  { url, agent, signature }: { readonly url: URL; readonly agent: Agent; readonly signature: string },
): Promise<Answer | string> {
  const item = { ...test, additionalData: { hmacSignature: signature } }
  const credentials = Buffer.from(`${webhookUsername}:${webhookPassword}`).toString('base64')
  return call(url, agent, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${credentials}` },
    body: JSON.stringify({ live: String(live), notificationItems: [{ NotificationRequestItem: item }] }),
  })
}

/** Whether a route that only operators have is answered by their listener. */
async function examineOperators(url: URL, agent: Agent): Promise<Finding> {
  const base = url.href.endsWith(PATH) ? url.href.slice(0, -PATH.length) : url.origin
  for (const path of ['/ops/settings', '/console/session']) {
    const answer = await call(new URL(base + path), agent, { method: 'GET' })
    // On the public listener the route does not exist.
    if (typeof answer !== 'string' && answer.code !== '' && answer.status !== 404)
      return fail('webhook.operators', `${path} is answered with HTTP ${answer.status} ${answer.code}`)
  }
  return pass('webhook.operators', 'their routes do not exist there')
}

async function call(
  url: URL,
  agent: Agent,
  options: Pick<NonNullable<Parameters<typeof request>[1]>, 'method' | 'headers' | 'body'>,
): Promise<Answer | string> {
  try {
    const signal = AbortSignal.timeout(WAIT_MS_MAX)
    const { statusCode, headers, body } = await request(url, { ...options, dispatcher: agent, signal })
    const answered = await body.text()
    const problem = parse(answered)
    return {
      status: statusCode,
      hsts: headers['strict-transport-security'] !== undefined,
      ...(Check(Problem, problem)
        ? { code: problem.code, detail: problem.detail ?? '' }
        : { code: '', detail: '' }),
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
    return code
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A page of the proxy: it has no code of ours.
    return undefined
  }
}
