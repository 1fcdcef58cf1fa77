import { bareStatus, type BrokenAnswer, htmlPage, truncated } from '../broken-answers.ts'
import type { LoginFault, WeChatFault } from '../faults.ts'

/** What the caller gets: an answer that was given before WeChat did anything, or what is left of the one it gave. */
type Disturbance =
  | { readonly unprocessed: object | BrokenAnswer }
  | { readonly afterwards: (answer: object) => object | BrokenAnswer }

/** HTTP says 200 to whatever WeChat itself says. */
const busy: Disturbance = { unprocessed: { errcode: -1, errmsg: 'system error' } }
const rateLimited: Disturbance = {
  unprocessed: { errcode: 45011, errmsg: 'api minute-quota reach limit, must slower, retry next minute' },
}
const cutBefore: Disturbance = { unprocessed: 'cut' }
const silenceBefore: Disturbance = { unprocessed: 'silence' }
const unavailable: Disturbance = { unprocessed: bareStatus(503) }
const cutAfterwards: Disturbance = { afterwards: () => 'cut' }
const silenceAfterwards: Disturbance = { afterwards: () => 'silence' }
const halfAnAnswer: Disturbance = { afterwards: (answer) => truncated(200, answer) }
const anotherPage: Disturbance = { afterwards: () => htmlPage }
const oneLevelDeeper: Disturbance = { afterwards: (answer) => ({ response: answer }) }

const disturbances: Readonly<Record<LoginFault | WeChatFault, Disturbance>> = {
  login_busy: busy,
  login_rate_limited: rateLimited,
  login_blocked: { unprocessed: { errcode: 40226, errmsg: 'code blocked' } },
  login_unavailable_503: unavailable,
  login_lost_request: cutBefore,
  login_timeout_before: silenceBefore,
  login_lost_answer: cutAfterwards,
  login_timeout: silenceAfterwards,
  login_truncated_json: halfAnAnswer,
  login_html_page: anotherPage,
  login_wrong_schema: oneLevelDeeper,
  wechat_busy: busy,
  wechat_rate_limited: rateLimited,
  wechat_token_refused: { unprocessed: { errcode: 40001, errmsg: 'invalid credential' } },
  wechat_lost_request: cutBefore,
  wechat_timeout_before: silenceBefore,
  wechat_http_429: { unprocessed: bareStatus(429) },
  wechat_http_500: { unprocessed: bareStatus(500) },
  wechat_http_503: unavailable,
  wechat_lost_answer: cutAfterwards,
  wechat_timeout_after: silenceAfterwards,
  wechat_truncated_json: halfAnAnswer,
  wechat_html_page: anotherPage,
  wechat_wrong_schema: oneLevelDeeper,
}

/** The answer of a call to WeChat, with the fault that strikes it, if any. */
export function disturbed(
  fault: LoginFault | WeChatFault | undefined,
  process: () => object,
): object | BrokenAnswer {
  if (fault === undefined) return process()
  const disturbance = disturbances[fault]
  return 'unprocessed' in disturbance ? disturbance.unprocessed : disturbance.afterwards(process())
}
