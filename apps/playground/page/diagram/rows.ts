import type { CallMessage } from '@tael/miniprogram-host/embedder'
import type { LogEntry, Party } from '@tael/simulator/call-log'

/** A request or an answer between two lanes, or an error in one (`to` is then the same lane). */
export interface DiagramRow {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly from: Party
  readonly to: Party
  readonly kind: 'request' | 'answer' | 'error'
  readonly label: string
  readonly failed: boolean
  readonly webhook: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

const PARTNERS: Readonly<Record<CallMessage['api'], Party>> = {
  login: 'wechat',
  request: 'server',
  requestPayment: 'wechat',
}

/**
 * A call of the Mini Program, as its phone reported it. `phone` is the number of the phone, because
 * each numbers its own calls.
 */
export function rowOfPhoneCall(message: CallMessage, phone: number): DiagramRow {
  const { api, phase, call, at, failed, label } = message
  const partner = PARTNERS[api]
  const isRequest = phase === 'request'
  return {
    id: `phone-${phone}-${call}-${phase}`,
    at,
    from: isRequest ? 'miniprogram' : partner,
    to: isRequest ? partner : 'miniprogram',
    kind: phase,
    label: isRequest ? label : answerLabel(message.status, message.body),
    failed,
    webhook: false,
    ...contentOf(message),
  }
}

/**
 * An entry of the simulator's call log, or undefined for `wx` calls and answers to the phone: the
 * phone reports them itself.
 */
export function rowOfLogEntry(entry: LogEntry): DiagramRow | undefined {
  const { from, to, kind, label, status } = entry
  const isPhone = from === 'miniprogram' || to === 'miniprogram'
  if (isPhone && (kind === 'answer' || label.startsWith('wx.'))) return undefined
  const failed = (status !== undefined && status >= 400) || /:fail|^no answer/.test(label)
  return {
    id: `simulator-${entry.id}`,
    at: Date.parse(entry.at),
    from,
    to,
    kind,
    label: kind === 'answer' && status !== undefined ? answerLabel(status, entry.body, label) : label,
    failed,
    webhook: isWebhook(entry),
    ...contentOf(entry),
  }
}

/** An error that the Mini Program threw. */
export function rowOfError(text: string, number: number): DiagramRow {
  return {
    id: `error-${number}`,
    at: Date.now(),
    from: 'miniprogram',
    to: 'miniprogram',
    kind: 'error',
    label: text,
    failed: true,
    webhook: false,
    body: text,
  }
}

function contentOf({ headers, body }: Pick<DiagramRow, 'headers' | 'body'>) {
  return { ...(headers === undefined ? {} : { headers }), ...(body === undefined ? {} : { body }) }
}

/** Adyen's requests to the server are webhooks. */
function isWebhook({ from, to, kind }: LogEntry): boolean {
  return kind === 'request' ? from === 'adyen' && to === 'server' : from === 'server' && to === 'adyen'
}

/** The status and the outcome, such as a resultCode, a problem's code or WeChat's errMsg. */
function answerLabel(status: number | undefined, body: unknown, label = ''): string {
  const outcome = outcomeOf(body) ?? label
  return [status === undefined ? '' : String(status), outcome === String(status) ? '' : outcome]
    .join(' ')
    .trim()
}

function outcomeOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  // Beside an errMsg, a code is a login code.
  const names = 'errMsg' in body ? ['errMsg'] : ['resultCode', 'code', 'status', 'errorCode']
  const outcome = names
    .map((name): unknown => Reflect.get(body, name))
    .find((value) => typeof value === 'string')
  // Shortens a network failure: `request:fail errcode:-106 … error_msg:net::ERR_…`.
  return typeof outcome === 'string' ? outcome.replace(/errcode:\S+ .*error_msg:/, '') : undefined
}
