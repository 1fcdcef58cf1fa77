import { NoAnswerError, type WireAnswer, type WireRequest } from '@tael/contracts'
import { apiBaseUrl } from '../merchant/shop.ts'

/** The transport of the contract's client, over wx.request. */
export function sendRequest({ method, path, headers, body, timeoutMs }: WireRequest): Promise<WireAnswer> {
  const { envVersion } = wx.getAccountInfoSync().miniProgram
  return new Promise((resolve, reject) => {
    wx.request({
      url: apiBaseUrl[envVersion] + path,
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
