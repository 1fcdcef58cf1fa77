import createLimit from 'p-limit'
import type { CallMessage } from '../../protocol.ts'
import type { Device } from '../device.ts'
import type { Visibility } from '../visibility.ts'
import { type Callbacks, settle } from './api.ts'
import type { CallLog } from './call-log.ts'
import { pathOf, prepare, type RequestOptions, maskedAnswer } from './request-options.ts'

/** WeChat's limits (developers.weixin.qq.com, network). */
const CONCURRENT_MAX = 10
const TIMEOUT_MS = 60_000
const BACKGROUND_MS = 5_000

interface Answer {
  readonly data: unknown
  readonly statusCode: number
  readonly header: Record<string, string>
  readonly cookies: string[]
}

/** A failed request; `errno` is from WeChat's table of errors, unverified against a phone. */
class RequestFailure extends Error {
  override readonly name = 'RequestFailure'
  readonly errno: number
  /** What the network lost, where the request had left the phone. */
  readonly lost: CallMessage['lost']
  constructor(reason: string, errno: number, lost?: CallMessage['lost']) {
    super(`request:fail ${reason}`)
    this.errno = errno
    this.lost = lost
  }
}

const OFFLINE = (lost?: CallMessage['lost']) =>
  new RequestFailure(
    'errcode:-106 cronet_error_code:-106 error_msg:net::ERR_INTERNET_DISCONNECTED',
    600_001,
    lost,
  )
const LOST = (lost: CallMessage['lost']) =>
  new RequestFailure('errcode:-101 cronet_error_code:-101 error_msg:net::ERR_CONNECTION_RESET', 600_001, lost)

export interface RequestHost {
  readonly device: Device
  readonly visibility: Visibility
  readonly log: CallLog
  /** `networkTimeout.request` of app.json. */
  readonly timeoutMs?: number
}

/**
 * `wx.request`: any HTTP status is a success, and the result is a RequestTask, never a promise. In
 * the background a request fails as `interrupted` after 5 s, and new ones wait.
 */
export function requestApi(host: RequestHost) {
  const limit = createLimit(CONCURRENT_MAX)
  return (options: RequestOptions & Callbacks) => {
    const abort = new AbortController()
    const path = pathOf(host.device.domains, options.url)
    void limit(() => run(host, options, path, abort)).then(
      (answer) => settle(options, 'success', { ...answer, errMsg: 'request:ok' }),
      (error: unknown) => settle(options, 'fail', failureOf(error)),
    )
    return {
      abort: () => abort.abort(new RequestFailure('abort', 600_003)),
      onHeadersReceived: () => {},
      offHeadersReceived: () => {},
    }
  }
}

function failureOf(error: unknown): { errMsg: string; errno: number } {
  if (error instanceof RequestFailure) return { errMsg: error.message, errno: error.errno }
  return { errMsg: `request:fail ${error instanceof Error ? error.message : String(error)}`, errno: 600_001 }
}

async function run(
  host: RequestHost,
  options: RequestOptions,
  path: string | undefined,
  abort: AbortController,
): Promise<Answer> {
  if (path === undefined) throw new RequestFailure('url not in domain list', 600_002)
  const { url, init, shown } = prepare(path, options)
  const base = /^\/[^/]+/.exec(url)?.[0] ?? ''
  const label = `${init.method} ${url.slice(base.length)}`
  const entry = host.log.start('request', label, { base, ...shown })
  const timeoutMs = options.timeout ?? host.timeoutMs ?? TIMEOUT_MS
  const timer = setTimeout(() => abort.abort(new RequestFailure('timeout', 5)), timeoutMs)
  const stopWatching = interruptInBackground(host.visibility, abort)
  try {
    const answer = await exchange(host, url, { ...init, signal: abort.signal }, options, () => entry.sent())
    entry.end({
      failed: answer.statusCode >= 400,
      status: answer.statusCode,
      headers: answer.header,
      body: maskedAnswer(answer.data),
    })
    return answer
  } catch (error) {
    const failure: unknown = abort.signal.aborted ? abort.signal.reason : error
    const lost = failure instanceof RequestFailure ? failure.lost : undefined
    entry.end({ failed: true, body: failureOf(failure), ...(lost === undefined ? {} : { lost }) })
    throw failure
  } finally {
    clearTimeout(timer)
    stopWatching()
  }
}

async function exchange(
  { device, visibility }: RequestHost,
  url: string,
  init: RequestInit & { signal: AbortSignal },
  options: RequestOptions,
  sent: () => void,
): Promise<Answer> {
  await inFront(visibility, init.signal)
  const { latencyMs, lossRatio } = device.network
  if (latencyMs > 0) await delay(latencyMs, init.signal)
  if (device.network.offline) throw OFFLINE()
  sent()
  const lost = Math.random() < lossRatio
  // One half of the lost requests never arrive; of the other half only the answer is lost.
  if (lost && Math.random() < 0.5) throw LOST('request')
  const response = await fetch(url, init)
  const text = await response.text()
  if (lost) throw LOST('answer')
  if (device.network.offline) throw OFFLINE('answer')
  return {
    data: (options.dataType ?? 'json') === 'json' ? parsed(text) : text,
    statusCode: response.status,
    header: Object.fromEntries(response.headers),
    cookies: [],
  }
}

/** With dataType `json`, text that is not JSON stays text, as in WeChat. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}

function interruptInBackground(visibility: Visibility, abort: AbortController): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const watch = (inFront: boolean): void => {
    clearTimeout(timer)
    if (!inFront)
      timer = setTimeout(() => abort.abort(new RequestFailure('interrupted', 600_005)), BACKGROUND_MS)
  }
  watch(visibility.inFront)
  const stop = visibility.onChange(watch)
  return () => {
    clearTimeout(timer)
    stop()
  }
}

function inFront(visibility: Visibility, signal: AbortSignal): Promise<void> {
  if (visibility.inFront) return Promise.resolve()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const stop = visibility.onChange((front) => front && resolve())
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return promise.finally(stop)
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(() => resolve(), ms)
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return promise.finally(() => clearTimeout(timer))
}
