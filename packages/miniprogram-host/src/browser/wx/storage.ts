import { STORAGE_PREFIX } from '../../protocol.ts'
import { asynchronous, asynchronousBare } from './api.ts'

/** WeChat's limits for one key and for all keys (developers.weixin.qq.com, storage). */
const KEY_BYTES_MAX = 1024 * 1024
const ALL_BYTES_MAX = 10 * KEY_BYTES_MAX

function storedKeys(): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(STORAGE_PREFIX))
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}

function get(key: string): unknown {
  const text = localStorage.getItem(STORAGE_PREFIX + key)
  return text === null ? '' : JSON.parse(text)
}

function set(key: string, value: unknown): void {
  const text: unknown = JSON.stringify(value)
  if (typeof text !== 'string') throw new Error(`fail a value of type ${typeof value} cannot be stored`)
  const others = storedKeys().filter((each) => each !== STORAGE_PREFIX + key)
  const used = others.reduce((sum, each) => sum + bytesOf(localStorage.getItem(each) ?? ''), 0)
  if (bytesOf(text) > KEY_BYTES_MAX) throw new Error('fail entry size limit reached')
  if (used + bytesOf(text) > ALL_BYTES_MAX) throw new Error('fail exceed max storage size')
  localStorage.setItem(STORAGE_PREFIX + key, text)
}

function clear(): void {
  for (const key of storedKeys()) localStorage.removeItem(key)
}

function remove(key: string): void {
  localStorage.removeItem(STORAGE_PREFIX + key)
}

/**
 * The phone's storage, which survives a kill of the app. A missing key reads as an empty string, as
 * on a phone; the texts of failures are unverified against one.
 */
export function storageApis() {
  return {
    getStorageSync: get,
    setStorageSync: (key: string, value: unknown): void => {
      try {
        set(key, value)
      } catch (error) {
        throw new Error(`setStorageSync:${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        })
      }
    },
    removeStorageSync: remove,
    clearStorageSync: clear,
    getStorageInfoSync: () => ({
      keys: storedKeys().map((key) => key.slice(STORAGE_PREFIX.length)),
      currentSize: Math.ceil(
        storedKeys().reduce((sum, key) => sum + bytesOf(localStorage.getItem(key) ?? ''), 0) / 1024,
      ),
      limitSize: ALL_BYTES_MAX / 1024,
    }),
    getStorage: asynchronous('getStorage', ({ key }: { key: string }) => {
      if (localStorage.getItem(STORAGE_PREFIX + key) === null) throw new Error('fail data not found')
      return { data: get(key) }
    }),
    setStorage: asynchronous('setStorage', ({ key, data }: { key: string; data: unknown }) => {
      set(key, data)
      return {}
    }),
    removeStorage: asynchronous('removeStorage', ({ key }: { key: string }) => {
      remove(key)
      return {}
    }),
    clearStorage: asynchronousBare('clearStorage', () => {
      clear()
      return {}
    }),
  }
}
