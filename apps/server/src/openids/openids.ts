import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import type { PersonalDataConfig } from '../config.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32
const KEY_ID_BYTES = 4

/** `openid_key` of a shopper whose personal data is erased. */
export const ERASED = 'erased'

/** The columns of a shopper that hold their openid: see migration 0030. */
export interface StoredOpenid {
  readonly openid: string
  readonly openid_sealed: Buffer | null
  readonly openid_key: string | null
}

/** The same with the shopper's id, to which the encrypted openid is bound. */
export interface OpenidRow extends StoredOpenid {
  readonly id: string
}

interface Key {
  /** Names it in `openid_key`: 8 hex digits made of the key. */
  readonly id: string
  readonly encryption: Buffer
  readonly lookup: Buffer
}

/**
 * Openids as they are stored: in clear, or encrypted (AES-256-GCM) beside a keyed hash (HMAC-SHA-256) by
 * which a login finds its shopper. Both keys are made of one of PERSONAL_DATA_KEYS.
 */
export class Openids {
  /** The id of the key that encrypts; null where openids are stored in clear. */
  readonly newestKeyId: string | null
  readonly #keys: readonly Key[]

  constructor({ keys, encrypts }: PersonalDataConfig) {
    this.#keys = keys.map(deriveKey)
    this.newestKeyId = encrypts ? (this.#keys[0]?.id ?? null) : null
  }

  /** What `openid_key` may be: the ids of the keys. */
  get keyIds(): readonly string[] {
    return this.#keys.map(({ id }) => id)
  }

  /** The columns of a shopper with this openid. */
  store(shopperId: string, openid: string): StoredOpenid {
    const key = this.#keys.find(({ id }) => id === this.newestKeyId)
    if (key === undefined) return { openid, openid_sealed: null, openid_key: null }
    return {
      openid: lookUp(key, hashOpenid(openid)),
      openid_sealed: seal(key, shopperId, openid),
      openid_key: key.id,
    }
  }

  /** Each value that the column `openid` of a shopper with this openid may have. */
  valuesOf(openid: string): readonly string[] {
    return [...this.valuesOfHash(hashOpenid(openid)), openid]
  }

  /** The same without the openid in clear, from its SHA-256. */
  valuesOfHash(hash: Buffer): readonly string[] {
    return this.#keys.map((key) => lookUp(key, hash))
  }

  /** The openid of a shopper; undefined where it is erased. Throws where no key of ours opens it. */
  read(row: OpenidRow): string | undefined {
    if (row.openid_key === ERASED) return undefined
    if (row.openid_key === null) return row.openid
    const key = this.#keys.find(({ id }) => id === row.openid_key)
    if (key === undefined || row.openid_sealed === null)
      throw new Error(
        `PERSONAL_DATA_KEYS lacks the key ${row.openid_key}, under which an openid is encrypted.`,
      )
    return unseal(key, row.id, row.openid_sealed)
  }
}

/** What operators search by: whoever knows an openid can compute it. */
export function hashOpenid(openid: string): Buffer {
  return createHash('sha256').update(openid).digest()
}

function deriveKey(key: Buffer): Key {
  return {
    id: derive(key, 'id', KEY_ID_BYTES).toString('hex'),
    encryption: derive(key, 'encryption', KEY_BYTES),
    lookup: derive(key, 'lookup', KEY_BYTES),
  }
}

function derive(key: Buffer, use: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `tael openid ${use}`, length))
}

/** With a colon, which no openid has. */
function lookUp({ id, lookup }: Key, hash: Buffer): string {
  return `hmac:${id}:${createHmac('sha256', lookup).update(hash).digest('base64url')}`
}

function seal({ encryption }: Key, shopperId: string, openid: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', encryption, nonce).setAAD(Buffer.from(shopperId))
  const sealed = Buffer.concat([cipher.update(openid, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
}

/** Throws where the bytes are not what was sealed with this key for this shopper. */
function unseal({ encryption }: Key, shopperId: string, bytes: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', encryption, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(Buffer.from(shopperId))
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  const openid = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES))
  return Buffer.concat([openid, decipher.final()]).toString('utf8')
}
