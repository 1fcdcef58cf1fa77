import { NoAnswerError, type WireAnswer, type WireRequest } from '@tael/contracts'
import { apiBaseUrl } from '../merchant/shop.ts'

/** The transport of the contract's client. Any HTTP status is an answer; rejects with NoAnswerError where none came. */
export function send({ method, path, headers, body, timeoutMs }: WireRequest): Promise<WireAnswer> {
  const { envVersion } = wx.getAccountInfoSync().miniProgram
  return new Promise((resolve, reject) => {
    wx.request({
      url: apiBaseUrl[envVersion] + path,
      method,
      header: headers,
      timeout: timeoutMs,
      // Text, because the encoding of an object is wx.request's own affair. It says of every POST that it is JSON, which
      // nothing at all would not be.
      ...(method === 'GET' ? {} : { data: JSON.stringify(body ?? {}) }),
      success: ({ statusCode, data }) => resolve({ status: statusCode, body: data }),
      fail: ({ errMsg }) => reject(new NoAnswerError(errMsg)),
    })
  })
}
