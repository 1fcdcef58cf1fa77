import type { Static, TSchema } from '@sinclair/typebox'
import { check } from '@tael/contracts'
import { StorageError } from './errors.ts'

/** What the phone keeps under `key`; undefined where there is nothing, or nothing this version understands. */
export function readStored<S extends TSchema>(key: string, schema: S): Static<S> | undefined {
  const value: unknown = wx.getStorageSync(key)
  return check(schema, value) ? value : undefined
}

/** Keeps `value` over a restart of the Mini Program; it is on disk when this returns. Throws a StorageError. */
export function store(key: string, value: object): void {
  try {
    wx.setStorageSync(key, value)
  } catch (cause) {
    throw new StorageError(`${key} could not be stored: ${String(cause)}`)
  }
}

export function forget(key: string): void {
  wx.removeStorageSync(key)
}
