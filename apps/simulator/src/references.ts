import { randomBytes, randomInt } from 'node:crypto'

const PSP_ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ23456789'

/** A pspReference in Adyen's form: 16 letters and digits. */
export function newPspReference(): string {
  return Array.from({ length: 16 }, () => PSP_ALPHABET.charAt(randomInt(PSP_ALPHABET.length))).join('')
}

/** Opaque state for `/payments/details`, in the form of Adyen's samples. */
export function newPaymentData(): string {
  return `Ab02b4c0!${randomBytes(120).toString('base64')}`
}

/** A transaction id in WeChat's form: 28 digits. */
export function newTransactionId(): string {
  return `42000${Array.from({ length: 23 }, () => randomInt(10)).join('')}`
}

/** A prepay_id in WeChat's form: `wx`, the time, and digits. */
export function newPrepayId(): string {
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  return `wx${time}${randomBytes(10).toString('hex')}`
}
