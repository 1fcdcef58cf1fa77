import { NoAnswerError, type Transport } from '@tael/contracts'
import type { WeChat } from './wechat.ts'

declare const wx: WeChat

/** The transport of the contract's client, over wx.request, to the server at this address. */
export function createTransport(server: string): Transport {
  return ({ method, path, headers, body, timeoutMs }) =>
    new Promise((resolve, reject) => {
      wx.request({
        url: server + path,
        method,
        header: headers,
        timeout: timeoutMs,
        // A string, because wx.request encodes objects in its own way. It labels every POST as JSON,
        // so the body of one must not be empty.
        ...(method === 'GET' ? {} : { data: JSON.stringify(body ?? {}) }),
        success: ({ statusCode, data }) => resolve({ status: statusCode, body: data }),
        fail: ({ errMsg }) => reject(new NoAnswerError(errMsg)),
      })
    })
}
