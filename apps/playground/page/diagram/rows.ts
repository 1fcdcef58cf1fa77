import type { CallMessage } from '@tael/miniprogram-host/embedder'
import type { LogEntry, Party } from '@tael/simulator/call-log'

/**
 * What happened, in the lanes: a request or an answer between two; or in one lane, where `to` is
 * `from`, an error, an event of the phone or the merchant, or a decision of the server.
 */
export interface DiagramRow {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly from: Party
  readonly to: Party
  readonly kind: 'request' | 'answer' | 'error' | 'event' | 'decision'
  readonly label: string
  readonly failed: boolean
  readonly webhook: boolean
  /** The same in a request and its answer. */
  readonly call?: string
  /** How far it got, if not to its receiver. */
  readonly travel?: Travel
  /** The address and path of an HTTP request. */
  readonly url?: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/**
 * `waiting` to leave, `unsent` because it never left, or `lost` on the way. An `unsent` answer is
 * one to a request that was lost.
 */
export type Travel = 'waiting' | 'unsent' | 'lost'

/** The addresses of the programs that receive requests. */
export interface Addresses {
  readonly server: string
  readonly simulator: string
  /** Of another shop's own server, where the phone runs that shop's Mini Program. */
  readonly shop?: string
}

const PARTNERS: Readonly<Record<CallMessage['api'], Party>> = {
  login: 'wechat',
  request: 'server',
  requestPayment: 'wechat',
}

/** The path by which the playground passes requests on to another shop's own server. */
const SHOP_BASE = '/shop'

/** The `call` of the rows of a phone's call. `phone` is unique, because each numbers its own calls. */
export function phoneCall({ call }: Pick<CallMessage, 'call'>, phone: string): string {
  return `${phone}-${call}`
}

/** A request or an answer of the Mini Program, as its phone reported it. */
export function rowOfPhoneCall(message: CallMessage, phone: string, addresses: Addresses): DiagramRow {
  const { api, phase, at, failed, label, lost, status } = message
  // Another shop's own server shares the lane of Tael's; its address in the label tells them apart.
  const shop = message.base === SHOP_BASE ? addresses.shop : undefined
  // A Mini Program with the simulated cashier plays WeChat itself, and asks the simulator.
  const isSimulated = shop === undefined && label.includes(' /simulator/')
  const partner = isSimulated ? 'wechat' : PARTNERS[api]
  const url = (isSimulated ? addresses.simulator : (shop ?? addresses.server)) + pathOf(label)
  const isRequest = phase === 'request'
  const call = phoneCall(message, phone)
  return {
    id: `${call}-${phase}`,
    at,
    from: isRequest ? 'miniprogram' : partner,
    to: isRequest ? partner : 'miniprogram',
    kind: isRequest ? 'request' : 'answer',
    label: isRequest ? labelAt(shop, label) : answerLabel(status, message.body),
    failed,
    webhook: false,
    call,
    ...(isRequest ? { travel: 'waiting' } : {}),
    ...(lost === undefined ? {} : { travel: lost === 'request' ? 'unsent' : 'lost' }),
    ...(isRequest && api === 'request' ? { url } : {}),
    ...contentOf(message),
  }
}

/** The adyen.com API that the simulator plays; its log has no version. */
const CHECKOUT_VERSION = '/v72'

/**
 * An entry of the simulator's call log, or undefined for `wx` calls and answers to the phone: the
 * phone reports them itself.
 */
export function rowOfLogEntry(entry: LogEntry, addresses: Addresses): DiagramRow | undefined {
  const { id, at, from, to, kind, label, status } = entry
  const isPhone = from === 'miniprogram' || to === 'miniprogram'
  if (isPhone && (kind === 'answer' || label.startsWith('wx.'))) return undefined
  const failed = (status !== undefined && status >= 400) || /:fail|^no answer/.test(label)
  const webhook = isWebhook(entry)
  return {
    id: `simulator-${at}-${id}`,
    at: Date.parse(at),
    from,
    to,
    kind,
    label: kind === 'answer' && status !== undefined ? answerLabel(status, entry.body, label) : label,
    failed,
    webhook,
    // What the shopper taps is a call without an answer here.
    ...(isPhone ? {} : { call: `simulator-${entry.call}` }),
    ...(label.startsWith('no answer') ? { travel: label.includes('on the way') ? 'unsent' : 'lost' } : {}),
    ...urlOf(entry, addresses),
    ...contentOf(entry),
  }
}

/** The address of a request over HTTP; what Adyen and WeChat exchange has none. */
function urlOf(entry: LogEntry, addresses: Addresses): { readonly url: string } | undefined {
  const { kind, to, label } = entry
  if (kind !== 'request') return undefined
  if (isWebhook(entry)) return { url: `${addresses.server}/webhooks/adyen` }
  if (!/^[A-Z]+ \//.test(label)) return undefined
  return { url: addresses.simulator + (to === 'adyen' ? CHECKOUT_VERSION : '') + pathOf(label) }
}

/** A row in one lane. */
export function rowInLane(
  lane: Party,
  kind: 'error' | 'event' | 'decision',
  label: string,
  more: { readonly id: string; readonly at: number; readonly body?: unknown; readonly failed?: boolean },
): DiagramRow {
  return { from: lane, to: lane, kind, label, failed: kind === 'error', webhook: false, ...more }
}

function contentOf({ headers, body, status }: Pick<DiagramRow, 'headers' | 'body' | 'status'>) {
  return {
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    ...(status === undefined ? {} : { status }),
  }
}

/** The label of a request with the address of another shop's own server: `POST http://shop/orders`. */
function labelAt(shop: string | undefined, label: string): string {
  return shop === undefined ? label : label.replace(' ', ` ${shop}`)
}

/** `POST /orders` → `/orders` */
function pathOf(label: string): string {
  return label.slice(label.indexOf(' ') + 1)
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
