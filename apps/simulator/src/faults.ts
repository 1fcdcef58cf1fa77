const adyenFaults = {
  lost_request: 'A call to Adyen: the connection is cut before anything happens.',
  lost_answer: 'A call to Adyen: processed, but the connection is cut before the answer.',
  timeout_before: 'A call to Adyen: no answer until the caller times out; nothing happens.',
  timeout_after: 'A call to Adyen: processed, but no answer until the caller times out.',
  rate_limited: 'A call to Adyen: HTTP 429; nothing happens.',
  transient_500: 'A call to Adyen: HTTP 500 with `transient-error: true`; nothing happens.',
  permanent_500: 'A call to Adyen: HTTP 500 of type internal, stored for its key; nothing happens.',
  unavailable_503: 'A call to Adyen: HTTP 503 with errorCode 703; nothing happens.',
  in_progress_704: 'A call to Adyen: HTTP 422 with errorCode 704; nothing happens.',
  slow_answer: 'A call to Adyen: processed, but answered after three seconds.',
  truncated_json: 'A call to Adyen: processed, but the answer ends in the middle of its JSON.',
  html_page: 'A call to Adyen: processed, but answered with HTTP 502 and an HTML page.',
  wrong_schema: 'A call to Adyen: processed, but the answer is one level deeper, under `response`.',
  missing_package: 'A call to Adyen: processed, but the cashier parameters lack `package`.',
  other_reference: "A call to Adyen: processed, but every reference in the answer is another payment's.",
  other_amount: 'A call to Adyen: processed, but the amount in the answer is one minor unit higher.',
  no_wechat_pay: 'The list of payment methods at Adyen: without WeChat Pay.',
} as const satisfies Record<string, string>

/** A fault of a call to Adyen. */
export type AdyenFault = keyof typeof adyenFaults

const loginFaults = {
  login_busy: 'A login: errcode -1, system busy; the code stays valid.',
  login_rate_limited: 'A login: errcode 45011; the code stays valid.',
  login_blocked: 'A login: errcode 40226; the code stays valid.',
  login_ip_refused:
    'A login: errcode 40164, the server is not on the IP list of the app; the code stays valid.',
  login_unavailable_503: 'A login: HTTP 503 with an empty object; the code stays valid.',
  login_lost_request: 'A login: the connection is cut before anything happens; the code stays valid.',
  login_timeout_before: 'A login: no answer until the caller times out; the code stays valid.',
  login_lost_answer: 'A login: the code is used up, but the connection is cut before the answer.',
  login_timeout: 'A login: the code is used up, but no answer until the caller times out.',
  login_truncated_json: 'A login: the code is used up, but the answer ends in the middle of its JSON.',
  login_html_page: 'A login: the code is used up, but answered with HTTP 502 and an HTML page.',
  login_wrong_schema: 'A login: the code is used up, but the answer is one level deeper, under `response`.',
} as const satisfies Record<string, string>

/** A fault of a call to WeChat's login. */
export type LoginFault = keyof typeof loginFaults

const weChatFaults = {
  wechat_busy: 'A call to WeChat: errcode -1, system busy; nothing happens.',
  wechat_rate_limited: 'A call to WeChat: errcode 45011; nothing happens.',
  wechat_token_refused:
    'A call to WeChat: errcode 40001; nothing happens. Never when asking for an access token.',
  wechat_ip_refused:
    'The access token: errcode 40164, the server is not on the IP list of the app; only of the call `token`.',
  wechat_lost_request: 'A call to WeChat: the connection is cut before anything happens.',
  wechat_timeout_before: 'A call to WeChat: no answer until the caller times out; nothing happens.',
  wechat_http_429: 'A call to WeChat: HTTP 429 with an empty object; nothing happens.',
  wechat_http_500: 'A call to WeChat: HTTP 500 with an empty object; nothing happens.',
  wechat_http_503: 'A call to WeChat: HTTP 503 with an empty object; nothing happens.',
  wechat_lost_answer: 'A call to WeChat: processed, but the connection is cut before the answer.',
  wechat_timeout_after: 'A call to WeChat: processed, but no answer until the caller times out.',
  wechat_truncated_json: 'A call to WeChat: processed, but the answer ends in the middle of its JSON.',
  wechat_html_page: 'A call to WeChat: processed, but answered with HTTP 502 and an HTML page.',
  wechat_wrong_schema: 'A call to WeChat: processed, but the answer is one level deeper, under `response`.',
} as const satisfies Record<string, string>

/** A fault of a call to WeChat for an access token, or with one. */
export type WeChatFault = keyof typeof weChatFaults

const webhookFaults = {
  webhook_duplicate: 'A webhook: delivered twice.',
  webhook_lost: 'One attempt to deliver a webhook: lost on the way, so that it is retried.',
} as const satisfies Record<string, string>

const reportFaults = {
  report_refused: 'The download of a report: HTTP 401.',
  report_missing: 'The download of a report: HTTP 404, as before it is made.',
  report_redirected: 'The download of a report: HTTP 302 to another host.',
  report_cut_off: 'The download of a report: the connection is cut in the middle.',
  report_huge: 'The download of a report: 60 MB.',
} as const satisfies Record<string, string>

/** A fault of the download of a report. */
export type ReportFault = keyof typeof reportFaults

/** Every fault and its description, which the README repeats. */
export const faults = { ...adyenFaults, ...loginFaults, ...weChatFaults, ...webhookFaults, ...reportFaults }

export type FaultName = keyof typeof faults

/** The calls to Adyen. */
export const adyenCallNames = [
  'payments',
  'details',
  'refunds',
  'cancels',
  'reversals',
  'technicalCancels',
  'paymentMethods',
] as const
export type AdyenCallName = (typeof adyenCallNames)[number]

/** The calls to WeChat for an access token, and with one. */
export const weChatCallNames = ['token', 'message', 'shipping', 'addresses', 'domains', 'templates'] as const
export type WeChatCallName = (typeof weChatCallNames)[number]

export type CallName = AdyenCallName | WeChatCallName

/** A fault that is switched on, with its target and its probability (0 to 1) for each call. */
export interface ActiveFault {
  readonly name: FaultName
  readonly probability: number
  /** Hits only this call to Adyen or WeChat. */
  readonly call?: CallName | undefined
  /** Hits only calls for this shopper, named as at `wx.login`. */
  readonly shopper?: string | undefined
  /** Hits at most so many times. */
  readonly times?: number | undefined
}

export function isFaultName(name: string): name is FaultName {
  return isIn(faults, name)
}

export function isAdyenFault(name: string): name is AdyenFault {
  return isIn(adyenFaults, name)
}

export function isLoginFault(name: string): name is LoginFault {
  return isIn(loginFaults, name)
}

export function isReportFault(name: string): name is ReportFault {
  return isIn(reportFaults, name)
}

export function isWeChatFault(name: string): name is WeChatFault {
  return isIn(weChatFaults, name)
}

/**
 * Whether the target can meet the fault: a login has no call name, a webhook, a report and a token no
 * shopper.
 */
export function hasValidTarget({ name, call, shopper }: ActiveFault): boolean {
  if (shopper !== undefined && (isIn(webhookFaults, name) || isReportFault(name) || call === 'token'))
    return false
  if (name === 'wechat_token_refused' && call === 'token') return false
  if (name === 'wechat_ip_refused' && (shopper !== undefined || call !== 'token')) return false
  if (name === 'no_wechat_pay' && call !== 'paymentMethods') return false
  if (call === undefined) return true
  if (isAdyenFault(name)) return isOneOf(adyenCallNames, call)
  return isWeChatFault(name) && isOneOf(weChatCallNames, call)
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name)
}

function isIn<Name extends string>(table: Readonly<Record<Name, string>>, name: string): name is Name {
  return Object.hasOwn(table, name)
}
