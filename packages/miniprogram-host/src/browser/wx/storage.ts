import { STORAGE_PREFIX } from '../../protocol.ts'
import { asynchronous, asynchronousBare } from './api.ts'

/** WeChat's limits for one key and for all keys (developers.weixin.qq.com, storage). */
const KEY_BYTES_MAX = 1024 * 1024
const ALL_BYTES_MAX = 10 * KEY_BYTES_MAX

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}

/** The storage of one Mini Program, whose keys begin with its AppID. */
class Store {
  readonly #prefix: string

  constructor(appId: string) {
    this.#prefix = `${STORAGE_PREFIX}${appId}:`
  }

  keys(): string[] {
    return this.#stored().map((key) => key.slice(this.#prefix.length))
  }

  has(key: string): boolean {
    return localStorage.getItem(this.#prefix + key) !== null
  }

  get(key: string): unknown {
    const text = localStorage.getItem(this.#prefix + key)
    return text === null ? '' : JSON.parse(text)
  }

  set(key: string, value: unknown): void {
    const text: unknown = JSON.stringify(value)
    if (typeof text !== 'string') throw new Error(`fail a value of type ${typeof value} cannot be stored`)
    const bytes = bytesOf(text)
    if (bytes > KEY_BYTES_MAX) throw new Error('fail entry size limit reached')
    const before = bytesOf(localStorage.getItem(this.#prefix + key) ?? '')
    if (this.bytes() - before + bytes > ALL_BYTES_MAX) throw new Error('fail exceed max storage size')
    localStorage.setItem(this.#prefix + key, text)
  }

  remove(key: string): void {
    localStorage.removeItem(this.#prefix + key)
  }

  clear(): void {
    for (const key of this.#stored()) localStorage.removeItem(key)
  }

  bytes(): number {
    return this.#stored().reduce((sum, key) => sum + bytesOf(localStorage.getItem(key) ?? ''), 0)
  }

  #stored(): string[] {
    return Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix))
  }
}

/**
 * The phone's storage, which survives a kill of the app. A missing key reads as an empty string, as
 * on a phone; the texts of failures are unverified against one.
 */
export function storageApis(appId: string) {
  const store = new Store(appId)
  return {
    getStorageSync: (key: string): unknown => store.get(key),
    setStorageSync: (key: string, value: unknown): void => {
      try {
        store.set(key, value)
      } catch (error) {
        throw new Error(`setStorageSync:${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        })
      }
    },
    removeStorageSync: (key: string): void => store.remove(key),
    clearStorageSync: (): void => store.clear(),
    getStorageInfoSync: () => ({
      keys: store.keys(),
      currentSize: Math.ceil(store.bytes() / 1024),
      limitSize: ALL_BYTES_MAX / 1024,
    }),
    getStorage: asynchronous('getStorage', ({ key }: { key: string }) => {
      if (!store.has(key)) throw new Error('fail data not found')
      return { data: store.get(key) }
    }),
    setStorage: asynchronous('setStorage', ({ key, data }: { key: string; data: unknown }) => {
      store.set(key, data)
      return {}
    }),
    removeStorage: asynchronous('removeStorage', ({ key }: { key: string }) => {
      store.remove(key)
      return {}
    }),
    clearStorage: asynchronousBare('clearStorage', () => {
      store.clear()
      return {}
    }),
  }
}
