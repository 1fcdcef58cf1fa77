import { bareStatus, type BrokenAnswer, htmlPage, truncated } from '../broken-answers.ts'
import type { LoginFault, WeChatFault } from '../faults.ts'

/**
 * What the caller gets: an answer instead of processing the call, or the altered answer of a
 * processed one.
 */
type FaultAnswer =
  | { readonly unprocessed: object | BrokenAnswer }
  | { readonly altered: (answer: object) => object | BrokenAnswer }

/** WeChat answers its own errors with HTTP 200. */
const busy: FaultAnswer = { unprocessed: { errcode: -1, errmsg: 'system error' } }
const rateLimited: FaultAnswer = {
  unprocessed: { errcode: 45011, errmsg: 'api minute-quota reach limit, must slower, retry next minute' },
}
const ipRefused: FaultAnswer = {
  unprocessed: {
    errcode: 40164,
    errmsg: 'invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist',
  },
}
const lostRequest: FaultAnswer = { unprocessed: 'cut' }
const timeoutBefore: FaultAnswer = { unprocessed: 'silence' }
const unavailable: FaultAnswer = { unprocessed: bareStatus(503) }
const lostAnswer: FaultAnswer = { altered: () => 'cut' }
const timeoutAfter: FaultAnswer = { altered: () => 'silence' }
const truncatedJson: FaultAnswer = { altered: (answer) => truncated(200, answer) }
const errorPage: FaultAnswer = { altered: () => htmlPage }
const wrongSchema: FaultAnswer = { altered: (answer) => ({ response: answer }) }

const faultAnswers: Readonly<Record<LoginFault | WeChatFault, FaultAnswer>> = {
  login_busy: busy,
  login_rate_limited: rateLimited,
  login_blocked: { unprocessed: { errcode: 40226, errmsg: 'code blocked' } },
  login_ip_refused: ipRefused,
  login_unavailable_503: unavailable,
  login_lost_request: lostRequest,
  login_timeout_before: timeoutBefore,
  login_lost_answer: lostAnswer,
  login_timeout: timeoutAfter,
  login_truncated_json: truncatedJson,
  login_html_page: errorPage,
  login_wrong_schema: wrongSchema,
  wechat_busy: busy,
  wechat_rate_limited: rateLimited,
  wechat_token_refused: { unprocessed: { errcode: 40001, errmsg: 'invalid credential' } },
  wechat_ip_refused: ipRefused,
  wechat_lost_request: lostRequest,
  wechat_timeout_before: timeoutBefore,
  wechat_http_429: { unprocessed: bareStatus(429) },
  wechat_http_500: { unprocessed: bareStatus(500) },
  wechat_http_503: unavailable,
  wechat_lost_answer: lostAnswer,
  wechat_timeout_after: timeoutAfter,
  wechat_truncated_json: truncatedJson,
  wechat_html_page: errorPage,
  wechat_wrong_schema: wrongSchema,
}

/** Processes a call to WeChat, with the fault that hits it. */
export function processWithFault(
  fault: LoginFault | WeChatFault | undefined,
  process: () => object,
): object | BrokenAnswer {
  if (fault === undefined) return process()
  const answer = faultAnswers[fault]
  return 'unprocessed' in answer ? answer.unprocessed : answer.altered(process())
}
