/** The options of `wx.request` that this host reads. */
export type RequestOptions = Pick<
  WechatMiniprogram.RequestOption,
  'url' | 'data' | 'header' | 'method' | 'timeout' | 'dataType' | 'responseType'
>

/** A request as the browser sends it, and as the diagram shows it. */
export interface PreparedRequest {
  readonly url: string
  readonly init: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string }
  readonly shown: { readonly headers: Record<string, string>; readonly body?: unknown }
}

/** The path for `url` on the phone's own origin, or undefined where its domain is not listed. */
export function pathOf(domains: Readonly<Record<string, string>>, url: string): string | undefined {
  const origin = /^https?:\/\/[^/?#]+/.exec(url)?.[0]
  const base = origin === undefined ? undefined : domains[origin]
  return origin === undefined || base === undefined ? undefined : base + url.slice(origin.length)
}

/** Encodes `data` as WeChat does: a query for GET and HEAD, else by content type (default JSON). */
export function prepare(path: string, options: RequestOptions): PreparedRequest {
  const { data, method = 'GET', responseType = 'text' } = options
  if (responseType !== 'text') throw new Error(`responseType ${responseType} is not in this host`)
  // WeChat does not let a Mini Program set the Referer.
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  for (const [name, value] of Object.entries(options.header ?? {}))
    if (name.toLowerCase() !== 'referer') headers[name.toLowerCase()] = String(value)
  const shownHeaders = masked(headers)

  if (method === 'GET' || method === 'HEAD') {
    const query = typeof data === 'object' && !(data instanceof ArrayBuffer) ? encodeForm(data) : ''
    const url = query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`
    return { url, init: { method, headers }, shown: { headers: shownHeaders } }
  }
  if (data instanceof ArrayBuffer) throw new Error('data as ArrayBuffer is not in this host')
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  const body =
    data === undefined || typeof data === 'string' ? data : isForm ? encodeForm(data) : JSON.stringify(data)
  return {
    url: path,
    init: body === undefined ? { method, headers } : { method, headers, body },
    shown: body === undefined ? { headers: shownHeaders } : { headers: shownHeaders, body: data },
  }
}

function encodeForm(data: object): string {
  return Object.entries(data)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&')
}

/** An answer for the diagram, with its token masked. */
export function maskedAnswer(data: unknown): unknown {
  const isRecord = typeof data === 'object' && data !== null && !Array.isArray(data)
  return isRecord && 'token' in data ? { ...data, token: '•••' } : data
}

/** Masks the token, because developers share pictures of the diagram. */
function masked(headers: Record<string, string>): Record<string, string> {
  const authorization = headers['authorization']?.replace(/\S+$/, '•••')
  return authorization === undefined ? headers : { ...headers, authorization }
}
