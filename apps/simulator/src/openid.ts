import { createHash } from 'node:crypto'
import * as Type from '@sinclair/typebox'

/** The name of a phone's owner. Any name is a person. */
export const ShopperName = Type.String({ minLength: 1, maxLength: 64 })

const SHOPPER_LENGTH = 19
const TAG_LENGTH = 8

/**
 * The openid of a shopper in one app: 28 characters, like WeChat's. It is computed, not stored, and
 * carries a tag of its app: a shopper keeps it across restarts, and an openid of another app is
 * recognised.
 */
export function openidOf(appId: string, shopper: string): string {
  const name = digest(`${appId}\n${shopper}`).slice(0, SHOPPER_LENGTH)
  return `o${name}${tagOf(appId, name)}`
}

/** Whether WeChat issued this openid for this app. */
export function isOpenidOf(appId: string, openid: string): boolean {
  const name = openid.slice(1, 1 + SHOPPER_LENGTH)
  return openid === `o${name}${tagOf(appId, name)}`
}

function tagOf(appId: string, name: string): string {
  return digest(`tag\n${appId}\n${name}`).slice(0, TAG_LENGTH)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
