import { isReport, type SignedItem, sign } from '@tael/adyen'
import type { Amount } from '@tael/contracts'
import { credentials } from '@tael/stack'
import * as fc from 'fast-check'
import { isMembers, type Members, read, write } from './mutations.ts'

/** An AUTHORISATION of this payment as Adyen sends it, unsigned. */
export function authorisationOf(
  { id, amount }: { readonly id: string; readonly amount: Amount },
  changes: Members = {},
): Members {
  return {
    pspReference: 'QFQTPCQ8HXSKGK82',
    merchantAccountCode: credentials.ADYEN_MERCHANT_ACCOUNT,
    merchantReference: id,
    amount: { ...amount },
    eventCode: 'AUTHORISATION',
    eventDate: '2026-11-23T12:00:00+01:00',
    success: 'true',
    reason: '',
    ...changes,
  }
}

export const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

/** The Authorization header of Adyen's webhooks. */
export const ADYEN_AUTHORIZATION = basic(
  credentials.ADYEN_WEBHOOK_USERNAME,
  credentials.ADYEN_WEBHOOK_PASSWORD,
)

interface PostOptions {
  readonly live?: string
  readonly authorization?: string
  readonly stringify?: (body: object) => string
  readonly signal?: AbortSignal
}

/** Delivers webhook items to a server as Adyen does, in one request. */
export async function postWebhook(
  server: { readonly url: string },
  items: readonly Members[],
  {
    live = 'false',
    authorization = ADYEN_AUTHORIZATION,
    stringify = JSON.stringify,
    signal,
  }: PostOptions = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(`${server.url}/webhooks/adyen`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    ...(signal === undefined ? {} : { signal }),
    body: stringify({
      live,
      notificationItems: items.map((item) => ({ NotificationRequestItem: item })),
    }),
  })
  const text = await answer.text()
  return { status: answer.status, body: read(text) ?? text }
}

/** A payment that webhooks are about, and its refund where it has one. */
export interface Subject {
  readonly paymentId: string
  readonly pspReference: string | null
  readonly amount: Amount
  readonly refundId: string | null
  readonly refundPspReference: string | null
}

const modifications = [
  'CANCELLATION',
  'TECHNICAL_CANCEL',
  'CANCEL_OR_REFUND',
  'CAPTURE',
  'CAPTURE_FAILED',
  'EXPIRE',
  'CHARGEBACK',
  'NOTIFICATION_OF_CHARGEBACK',
  'CHARGEBACK_REVERSED',
  'SECOND_CHARGEBACK',
  'MANUAL_REVIEW_REJECT',
  'MOON_LANDING',
] as const

const eventCode = fc.oneof(
  { weight: 5, arbitrary: fc.constant('AUTHORISATION') },
  { weight: 2, arbitrary: fc.constant('OFFER_CLOSED') },
  { weight: 2, arbitrary: fc.constantFrom('REFUND', 'REFUND_FAILED', 'REFUNDED_REVERSED') },
  { weight: 2, arbitrary: fc.constantFrom(...modifications) },
  { weight: 1, arbitrary: fc.constant('REPORT_AVAILABLE') },
)

/**
 * Items as Adyen writes them, of every event, about these payments and sometimes about another
 * system's.
 */
export function itemAbout(subjects: readonly Subject[]): fc.Arbitrary<Members> {
  return fc
    .record({
      about: fc.constantFrom(...subjects),
      eventCode,
      foreign: fc.nat({ max: 12 }).map((chance) => chance === 0),
      // Without the usual bias to small numbers: Adyen gives each payment its own.
      pspReference: fc
        .noBias(fc.maxSafeNat())
        .map((number) => number.toString(36).toUpperCase().padStart(16, 'Q')),
      success: fc.constantFrom('true', 'false'),
      eventDate: fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
    })
    .map(({ about, eventCode, foreign, pspReference, success, eventDate }) => ({
      pspReference,
      merchantReference: about.paymentId,
      success,
      reason: '',
      ...referencesOf(about, eventCode),
      ...(foreign ? { merchantReference: 'shopware-4711' } : {}),
      merchantAccountCode: credentials.ADYEN_MERCHANT_ACCOUNT,
      amount: { ...about.amount },
      eventCode,
      eventDate: eventDate.toISOString(),
    }))
}

/**
 * How an event names its payment (Webhooks v1): by its own references, or as the original of what
 * came after it.
 */
function referencesOf(about: Subject, eventCode: string): { readonly [name: string]: string } {
  const { pspReference, refundId, refundPspReference } = about
  if (eventCode === 'REPORT_AVAILABLE') {
    const file = 'settlement_1.csv'
    const reason = `https://ca-test.adyen.com/reports/download/MerchantAccount/Tael/${file}`
    return { merchantReference: '', pspReference: file, reason, success: 'true' }
  }
  if (eventCode === 'AUTHORISATION' || eventCode === 'OFFER_CLOSED') {
    return pspReference === null ? {} : { pspReference }
  }
  return {
    ...(pspReference === null ? {} : { originalReference: pspReference }),
    ...(eventCode.startsWith('REFUND') && refundId !== null ? { merchantReference: refundId } : {}),
    ...(eventCode.startsWith('REFUND') && refundPspReference !== null
      ? { pspReference: refundPspReference }
      : {}),
  }
}

/** The key that Adyen signs with, in the simulator as in the server's settings. */
export const KEY: string = credentials.ADYEN_HMAC_KEYS
/** A key that is not in the server's settings. */
export const ANOTHER_KEY = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00'

/** The signature of an item's content. What is not JSON has no content. */
export function signatureFor(item: Members, key = KEY): string {
  const value = read(write(item))
  return sign(typeof value === 'object' && value !== null ? { ...value } : {}, key)
}

/** The item with the signature of its content. */
export function signed(item: Members, key = KEY): Members {
  const { additionalData } = item
  const others = isMembers(additionalData) ? additionalData : {}
  return { ...item, additionalData: { ...others, hmacSignature: signatureFor(item, key) } }
}

/** The parts of an amount, whatever an item has in its place. */
function amountOf({ amount }: SignedItem): { readonly value?: unknown; readonly currency?: unknown } {
  return typeof amount === 'object' && amount !== null ? amount : {}
}

/**
 * What identifies an item: its eight signed values, as JSON; of a report also its address.
 */
export function identityOf(item: SignedItem): string {
  const { eventCode, reason } = item
  const { value, currency } = amountOf(item)
  const { pspReference, originalReference, merchantAccountCode, merchantReference, success } = item
  const references = [pspReference, originalReference, merchantAccountCode, merchantReference]
  const values = [...references, value, currency, eventCode, success]
  const known = eventCode === 'REPORT_AVAILABLE' ? [...values, reason] : values
  return JSON.stringify(known.map((one) => one ?? ''))
}

const isText = (one: unknown): boolean =>
  ['string', 'number'].includes(typeof (one ?? '')) && one !== Infinity && one !== -Infinity

/** Whether its signature holds for this item alone: no colon can move, no value is left out. */
function hasOneReading(item: SignedItem): boolean {
  const values = [item['pspReference'], item['originalReference'], item['merchantAccountCode']]
  const { value, currency } = amountOf(item)
  const withoutColon = [...values, value, currency, item['eventCode'], item['success']]
  return (
    isText(item['merchantReference']) &&
    withoutColon.every((one) => isText(one) && !String(one).includes(':'))
  )
}

/** Whether an item is signed with our key, or is a report, which may come unsigned. */
export function isAuthentic(item: SignedItem): boolean {
  const { additionalData } = item
  const hmacSignature: unknown =
    typeof additionalData === 'object' && additionalData !== null
      ? new Map(Object.entries(additionalData)).get('hmacSignature')
      : undefined
  if (hmacSignature === undefined) return isReport(item)
  return hmacSignature === sign(item, KEY) && hasOneReading(item)
}
