import type { CallMessage } from '@tael/miniprogram-host/embedder'
import type { Party, SimulatorMessage } from '../simulator.ts'

/** One arrow of the diagram, or a word about one lane (`to` is then the same lane). */
export interface DiagramMessage {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly from: Party
  readonly to: Party
  readonly kind: 'request' | 'answer' | 'note'
  readonly label: string
  readonly failed: boolean
  readonly webhook: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

const PARTNER: Readonly<Record<CallMessage['api'], Party>> = {
  login: 'wechat',
  request: 'server',
  requestPayment: 'wechat',
}

/** A call of the Mini Program, as the phone saw it. `phone` counts the phones opened: each numbers its own calls. */
export function fromPhone(message: CallMessage, phone: number): DiagramMessage {
  const { api, phase, call, at, failed, label } = message
  const partner = PARTNER[api]
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
    ...(message.headers === undefined ? {} : { headers: message.headers }),
    ...(message.body === undefined ? {} : { body: message.body }),
  }
}

/**
 * A message of the simulator, or undefined for what the phone tells itself: the simulator also sees `wx.login` and
 * `wx.requestPayment`, but not what the Mini Program hears of them.
 */
export function fromSimulator(message: SimulatorMessage): DiagramMessage | undefined {
  const { from, to, kind, label, status } = message
  const isPhone = from === 'miniprogram' || to === 'miniprogram'
  if (isPhone && (kind === 'answer' || label.startsWith('wx.'))) return undefined
  const failed = (status !== undefined && status >= 400) || /:fail|^no answer/.test(label)
  return {
    id: `simulator-${message.id}`,
    at: Date.parse(message.at),
    from,
    to,
    kind,
    label: kind === 'answer' && status !== undefined ? answerLabel(status, message.body, label) : label,
    failed,
    webhook: (from === 'adyen' && to === 'server' && kind === 'request') || isWebhookAnswer(message),
    ...(message.headers === undefined ? {} : { headers: message.headers }),
    ...(message.body === undefined ? {} : { body: message.body }),
  }
}

/** What the Mini Program threw. */
export function errorNote(text: string, id: number): DiagramMessage {
  return {
    id: `note-${id}`,
    at: Date.now(),
    from: 'miniprogram',
    to: 'miniprogram',
    kind: 'note',
    label: text,
    failed: true,
    webhook: false,
    body: text,
  }
}

function isWebhookAnswer({ from, to, kind }: SimulatorMessage): boolean {
  return from === 'server' && to === 'adyen' && kind === 'answer'
}

/** The status and the one word that matters: a resultCode, a status, a problem's code, WeChat's errMsg. */
function answerLabel(status: number | undefined, body: unknown, label = ''): string {
  const word = wordOf(body) ?? label
  return [status === undefined ? '' : String(status), word === String(status) ? '' : word].join(' ').trim()
}

function wordOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  // A code beside an errMsg is a login code, no outcome.
  const names = 'errMsg' in body ? ['errMsg'] : ['resultCode', 'code', 'status', 'errorCode']
  const word = names
    .map((name): unknown => Reflect.get(body, name))
    .find((value) => typeof value === 'string')
  // Of a network failure the last part says what happened: `request:fail errcode:-106 … error_msg:net::ERR_…`.
  return typeof word === 'string' ? word.replace(/errcode:\S+ .*error_msg:/, '') : undefined
}
