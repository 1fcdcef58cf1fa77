import type { WeChat } from './wechat.ts'

declare const wx: WeChat

const BYTES = 16

/** A unique key: 128 random bits (wx.getRandomValues) as 32 hex digits. */
export async function newIdempotencyKey(): Promise<string> {
  const { randomValues } = await wx.getRandomValues({ length: BYTES })
  return Array.from(new Uint8Array(randomValues), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
