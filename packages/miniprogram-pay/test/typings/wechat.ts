import type { WeChat, WeChatDialogs } from '../../src/wechat.ts'

/** WeChat's own typings have all that the library calls. */
export const compared: WeChat & WeChatDialogs = wx
