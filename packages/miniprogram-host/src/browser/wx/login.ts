import type { EmbedderMessage, PhoneMessage } from '../../protocol.ts'
import { messageOf } from '../hooks.ts'
import { asynchronousBare } from './api.ts'
import type { CallLog } from './call-log.ts'
import { PendingCalls } from './pending-calls.ts'

export type LoginAnswer = Extract<EmbedderMessage, { type: 'settleLogin' | 'failLogin' }>

/** `wx.login`: the page around the phone plays WeChat and issues the code. */
export function loginApi(log: CallLog, post: (message: PhoneMessage) => void) {
  const logins = new PendingCalls()
  const login = asynchronousBare('login', async () => {
    const entry = log.start('login', 'wx.login')
    try {
      const answer = logins.wait(entry.call)
      entry.sent()
      post({ type: 'login', id: entry.call })
      const code = await answer
      entry.end({ failed: false, body: { code, errMsg: 'login:ok' } })
      return { code }
    } catch (error) {
      entry.end({ failed: true, body: { errMsg: `login:${messageOf(error)}` } })
      throw error
    }
  })
  const receive = (answer: LoginAnswer): void => {
    switch (answer.type) {
      case 'settleLogin':
        logins.resolve(answer.id, answer.code)
        break
      case 'failLogin':
        logins.reject(answer.id, new Error(`fail ${answer.reason}`))
        break
    }
  }
  return { login, receive }
}
