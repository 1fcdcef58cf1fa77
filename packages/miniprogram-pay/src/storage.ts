import type { Static, TSchema } from '@sinclair/typebox'
import { check } from '@tael/contracts'
import { StorageError } from './errors.ts'
import type { WeChat } from './wechat.ts'

declare const wx: WeChat

/** What the phone keeps over restarts (wx.setStorageSync), each value checked when it is read. */
export interface Storage {
  /** The stored value; undefined where there is none that this version can read. */
  read<S extends TSchema>(key: string, schema: S): Static<S> | undefined
  /** Stores `value` on disk before it returns. Throws a StorageError. */
  store(key: string, value: object): void
  forget(key: string): void
}

/** `prefix` sets the keys apart from those of the rest of the program. */
export function createStorage(prefix: string): Storage {
  return {
    read: (key, schema) => {
      const value: unknown = wx.getStorageSync(prefix + key)
      return check(schema, value) ? value : undefined
    },
    store: (key, value) => {
      try {
        wx.setStorageSync(prefix + key, value)
      } catch (cause) {
        throw new StorageError(`${key}: ${String(cause)}`)
      }
    },
    forget: (key) => wx.removeStorageSync(prefix + key),
  }
}
