import type { EnvironmentReader } from '@tael/config'

const KEY_BYTES = 32
/** In place of a key: openids are stored in clear. */
const CLEAR = 'clear'
const rule = `keys of ${KEY_BYTES} bytes in base64, the newest first, or ${CLEAR} before them while openids are stored in clear`

/** How openids are stored. */
export interface PersonalDataConfig {
  /** What was ever used and still is to be read: 32 bytes each, the newest first. */
  readonly keys: readonly Buffer[]
  /** Whether the newest key encrypts; otherwise openids are stored in clear. */
  readonly encrypts: boolean
}

/** The list of PERSONAL_DATA_KEYS. Live mode requires one. */
export function readPersonalData(read: EnvironmentReader, live = false): PersonalDataConfig {
  if (!read.hasSecret('PERSONAL_DATA_KEYS')) {
    if (live) read.problems.push(`PERSONAL_DATA_KEYS is missing: live mode requires ${rule}`)
    return { keys: [], encrypts: false }
  }
  const [first, ...others] = read.secret('PERSONAL_DATA_KEYS', /^[^\s,]+(,[^\s,]+)*$/, rule).split(',')
  const encrypts = first !== CLEAR
  const keys = (encrypts ? [first ?? '', ...others] : others).map((text) => Buffer.from(text, 'base64'))
  const isDistinct = new Set(keys.map((key) => key.toString('base64'))).size === keys.length
  // The bytes of a text that is no base64 are fewer, or another text's.
  if (first !== '' && !(isDistinct && keys.length > 0 && keys.every((key) => key.length === KEY_BYTES)))
    read.problems.push(`PERSONAL_DATA_KEYS is invalid: ${rule}`)
  return { keys, encrypts }
}
