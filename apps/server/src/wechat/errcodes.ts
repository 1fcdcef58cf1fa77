import { type CallOutcome, isTimeout } from '../metrics/metrics.ts'
import { BUSY, type WeChatResult } from './client.ts'

/**
 * Busy, and the quotas of a day and of a minute (developers.weixin.qq.com, global return codes).
 */
export const transientErrcodes: ReadonlySet<number> = new Set([BUSY, 45009, 45011])

/** What a misconfiguration of ours is, by the errcode (developers.weixin.qq.com, global return codes). */
export const misconfigurations: Readonly<Record<number, string>> = {
  40013: 'WECHAT_APP_ID is wrong',
  40125: 'WECHAT_APP_SECRET is wrong',
  40164: "this server's address is not on the IP list of the app at mp.weixin.qq.com",
}

/** What came of a call: `denied` where WeChat failed to serve us, rather than refused what one shopper sent. */
export function outcomeOf(result: WeChatResult<unknown>): CallOutcome {
  switch (result.kind) {
    case 'answered':
      return 'answered'
    case 'refused': {
      const isDenied =
        transientErrcodes.has(result.errcode) || misconfigurations[result.errcode] !== undefined
      return isDenied ? 'denied' : 'refused'
    }
    case 'unanswered':
      return isTimeout(result.reason) ? 'timeout' : 'unknown'
  }
}
