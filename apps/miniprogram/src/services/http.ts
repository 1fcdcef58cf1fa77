import { NoAnswerError, type WireAnswer, type WireRequest } from '@tael/contracts'
import { apiBaseUrl } from '../merchant.ts'

/** The transport of the contract's client. Any HTTP status is an answer; rejects with NoAnswerError where none came. */
export function send({ method, path, headers, body, timeoutMs }: WireRequest): Promise<WireAnswer> {
  const { envVersion } = wx.getAccountInfoSync().miniProgram
  return new Promise((resolve, reject) => {
    wx.request({
      url: apiBaseUrl[envVersion] + path,
      method,
      header: headers,
      timeout: timeoutMs,
      // Text, because wx.request puts an object into the query of a GET and its encoding of a POST is its own affair.
      ...(body === undefined ? {} : { data: JSON.stringify(body) }),
      success: ({ statusCode, data }) => resolve({ status: statusCode, body: data }),
      fail: ({ errMsg }) => reject(new NoAnswerError(errMsg)),
    })
  })
}
