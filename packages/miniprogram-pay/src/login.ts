import { NoAnswerError } from '@tael/contracts'
import type { WeChat } from './wechat.ts'

declare const wx: WeChat

const LOGIN_MS_MAX = 10_000

/** Gets a code that the server exchanges for a session. Rejects with a NoAnswerError where it cannot. */
export type Login = () => Promise<string>

/** wx.login. The code comes from WeChat's servers: offline, this fails as a request to ours does. */
export const weChatLogin: Login = () =>
  new Promise((resolve, reject) => {
    wx.login({
      timeout: LOGIN_MS_MAX,
      success: ({ code }) => resolve(code),
      fail: ({ errMsg }) => reject(new NoAnswerError(errMsg)),
    })
  })
