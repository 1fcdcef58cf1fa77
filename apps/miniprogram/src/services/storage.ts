import type { Static, TSchema } from '@sinclair/typebox'
import { check } from '@tael/contracts'
import { StorageError } from './errors.ts'

/** Sets these keys apart from those of a program that this one is built into. */
const PREFIX = 'tael.'

/** The stored value; undefined where there is none that this version can read. */
export function readStored<S extends TSchema>(key: string, schema: S): Static<S> | undefined {
  const value: unknown = wx.getStorageSync(PREFIX + key)
  return check(schema, value) ? value : undefined
}

/** Stores `value` on disk before it returns. Throws a StorageError. */
export function store(key: string, value: object): void {
  try {
    wx.setStorageSync(PREFIX + key, value)
  } catch (cause) {
    throw new StorageError(`${key} could not be stored: ${String(cause)}`)
  }
}

export function forget(key: string): void {
  wx.removeStorageSync(PREFIX + key)
}
