import { Check } from '@sinclair/typebox/value'
import type { SignedItem } from '@tael/adyen'
import { WebhookEnvelope } from '@tael/contracts'
import { credentials } from '@tael/stack'
import * as fc from 'fast-check'
import {
  isMembers,
  type Members,
  mutated,
  mutatedBytes,
  oddText,
  read,
  type Tree,
  write,
} from './mutations.ts'
import {
  ADYEN_AUTHORIZATION,
  ANOTHER_KEY,
  basic,
  isAuthentic,
  itemAbout,
  signatureFor,
  signed,
  type Subject,
} from './webhook-items.ts'

/** A webhook on its way to the server. */
export interface Delivery {
  /** What was done to it. */
  readonly kind: string
  readonly authorization: string
  readonly contentType: string
  readonly body: Buffer
}

const { ADYEN_WEBHOOK_USERNAME: username, ADYEN_WEBHOOK_PASSWORD: password } = credentials
const OURS = ADYEN_AUTHORIZATION
const JSON_TYPE = 'application/json'

/** The largest body that is read, and the deepest item that is stored. */
const BODY_BYTES_MAX = 262_144
const LEVELS_MAX = 100

/**
 * The items of a delivery that Adyen can have sent to this server. Undefined: it may change
 * nothing.
 */
export function authenticItems(delivery: Delivery): SignedItem[] | undefined {
  const { authorization, contentType, body } = delivery
  if (authorization !== OURS || contentType !== JSON_TYPE || body.length > BODY_BYTES_MAX) return undefined
  const envelope = read(body.toString('utf8'))
  if (!Check(WebhookEnvelope, envelope) || String(envelope.live) !== 'false') return undefined
  const items = envelope.notificationItems.map(({ NotificationRequestItem }) => NotificationRequestItem)
  const isReadable = ![...levelsOf(envelope)].flat().some(isPoisoned)
  const isTaken = (item: SignedItem): boolean => isAuthentic(item) && [...levelsOf(item)].length <= LEVELS_MAX
  return isReadable && items.every(isTaken) ? items : undefined
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/**
 * The objects and arrays in a value, level by level, without recursion, which depth would break.
 */
function* levelsOf(value: unknown): Generator<readonly object[]> {
  let level = [value].filter(isObject)
  while (level.length > 0) {
    yield level
    level = level.flatMap((one): unknown[] => Object.values(one)).filter(isObject)
  }
}

/** Whether reading this could change the prototype of every object. */
function isPoisoned(value: object): boolean {
  if (Object.hasOwn(value, '__proto__')) return true
  const own: unknown = Object.getOwnPropertyDescriptor(value, 'constructor')?.value
  return isObject(own) && Object.hasOwn(own, 'prototype')
}

/** How a delivery differs from a valid one without items. */
type Parts = { readonly tree: Tree } & Partial<Delivery>

function deliveries(
  kind: string,
  weight: number,
  parts: fc.Arbitrary<Parts>,
): fc.WeightedArbitrary<Delivery> {
  const arbitrary = parts.map(
    ({ tree, authorization = OURS, contentType = JSON_TYPE, body = Buffer.from(write(tree)) }) => ({
      kind,
      authorization,
      contentType,
      body,
    }),
  )
  return { weight, arbitrary }
}

const envelope = (...items: readonly Tree[]): Members => ({
  live: 'false',
  notificationItems: items.map((item) => ({ NotificationRequestItem: item })),
})
const containing = (item: fc.Arbitrary<Tree>): fc.Arbitrary<Parts> =>
  item.map((one) => ({ tree: envelope(one) }))

/**
 * Deliveries that are authentic, however odd: of every event, and of fields that no event has. What
 * is reported of `bystanders` is not about us, or not about their amount: it must not make them
 * paid.
 */
export function authentic(
  subjects: readonly Subject[],
  bystanders: readonly Subject[],
): fc.Arbitrary<Delivery> {
  const item = itemAbout(subjects)
  const plain = item.map((one) => signed(one))
  const changed = (changes: fc.Arbitrary<Members>, about = item): fc.Arbitrary<Parts> =>
    containing(fc.tuple(about, changes).map(([one, change]) => signed({ ...one, ...change })))
  const elsewhere = itemAbout(bystanders)
  const otherMerchant = fc.constant({ merchantAccountCode: 'SomebodyECOM' })
  const amounts = fc.constantFrom({ currency: 'EUR', value: 4000 }, { currency: 'CNY', value: 1 })
  const names = fc.constantFrom(
    'pspReference',
    'merchantReference',
    'originalReference',
    'reason',
    'eventDate',
  )
  const dates = fc.constantFrom(
    'yesterday',
    '0000-00-00',
    '2026-02-30T00:00:00Z',
    '-271821-04-20T00:00:00.000Z',
    '+275760-09-13T00:00:00.000Z',
    '0001-01-01T00:00:00Z',
    '1',
  )
  const oddlyWorded = fc
    .tuple(item, names, oddText)
    .map(([one, name, text]) => signed(withOwnReference({ ...one, [name]: text })))
  const odd = item.chain(mutated).map((one) => (isMembers(one) ? signed(withOwnReference(one)) : one))
  return fc.oneof(
    deliveries('plain', 30, containing(plain)),
    deliveries('other merchant', 10, changed(otherMerchant, elsewhere)),
    deliveries(
      'other amount',
      5,
      changed(
        amounts.map((amount) => ({ amount })),
        elsewhere,
      ),
    ),
    deliveries('odd date', 5, changed(dates.map((eventDate) => ({ eventDate })))),
    deliveries('odd text', 10, containing(oddlyWorded)),
    deliveries(
      'long text',
      1,
      changed(fc.constantFrom('x', '支').map((one) => ({ reason: one.repeat(80_000) }))),
    ),
    deliveries('odd', 20, containing(odd)),
    deliveries(
      'several',
      1,
      fc.array(plain, { minLength: 2, maxLength: 12 }).map((items) => ({ tree: envelope(...items) })),
    ),
  )
}

/** However odd a pspReference is, no other payment has the same: Adyen gives each its own. */
function withOwnReference(item: Members): Members {
  const { pspReference, merchantReference } = item
  if (typeof pspReference !== 'string' || typeof merchantReference !== 'string') return item
  return { ...item, pspReference: pspReference + merchantReference }
}

/** The items of several deliveries in one. Undefined where one delivery cannot hold them. */
export function together(deliveries: readonly Delivery[]): Delivery | undefined {
  const items = deliveries.flatMap((delivery) => authenticItems(delivery) ?? [])
  const notificationItems = items.map((item) => ({ NotificationRequestItem: item }))
  const body = Buffer.from(JSON.stringify({ live: 'false', notificationItems }))
  const delivery = { kind: 'together', authorization: OURS, contentType: JSON_TYPE, body }
  return authenticItems(delivery) && delivery
}

/**
 * Deliveries that were forged or tampered with. A few are still authentic: changed where nothing is
 * signed.
 */
export function forged(subjects: readonly Subject[]): fc.Arbitrary<Delivery> {
  const item = itemAbout(subjects)
  const good = item.map((one) => signed(one))
  const goodTree = good.map((one) => envelope(one))
  const withSignature = (signature: fc.Arbitrary<Tree>): fc.Arbitrary<Parts> =>
    containing(
      fc
        .tuple(item, signature)
        .map(([one, hmacSignature]) => ({ ...one, additionalData: { hmacSignature } })),
    )
  const respelled = fc
    .tuple(item, fc.constantFrom(...spellings))
    .map(([one, spell]) => ({ ...one, additionalData: { hmacSignature: spell(signatureFor(one)) } }))
  const noJson = fc.constantFrom('', 'text/plain', 'text/json', 'application/xml', 'json', 'a/b; c')
  return fc.oneof(
    deliveries(
      'bytes',
      20,
      goodTree.chain((tree) => mutatedBytes(Buffer.from(write(tree))).map((body) => ({ tree, body }))),
    ),
    deliveries(
      'structure',
      20,
      goodTree.chain(mutated).map((tree) => ({ tree })),
    ),
    deliveries('changed after signing', 15, containing(good.chain(mutated))),
    deliveries('unsigned', 5, containing(item)),
    deliveries('of another key', 5, containing(item.map((one) => signed(one, ANOTHER_KEY)))),
    deliveries('signed as another', 5, withSignature(item.map((one) => signatureFor(one)))),
    deliveries(
      'signed oddly',
      5,
      withSignature(fc.oneof(oddText, fc.constantFrom(7, null, [], {}, 'A'.repeat(44)))),
    ),
    deliveries('spelled otherwise', 5, containing(respelled)),
    deliveries(
      'one of two',
      5,
      fc.tuple(good, item).map(([one, two]) => ({ tree: envelope(one, two) })),
    ),
    deliveries(
      'live',
      5,
      goodTree.map((tree) => ({ tree: { ...tree, live: 'true' } })),
    ),
    deliveries(
      'of others',
      5,
      fc
        .tuple(goodTree, fc.constantFrom(...strangers))
        .map(([tree, authorization]) => ({ tree, authorization })),
    ),
    deliveries(
      'no JSON',
      5,
      fc.tuple(goodTree, noJson).map(([tree, contentType]) => ({ tree, contentType })),
    ),
    deliveries(
      'huge',
      1,
      containing(item.map((one) => signed({ ...one, reason: 'x'.repeat(BODY_BYTES_MAX) }))),
    ),
  )
}

/** Spellings of a signature that decode to the same bytes, or nearly. */
const spellings: readonly ((signature: string) => string)[] = [
  (signature) => signature.replace('=', ''),
  (signature) => `${signature}=`,
  (signature) => ` ${signature}`,
  (signature) => signature.toLowerCase(),
  (signature) => Buffer.from(signature, 'base64').toString('hex'),
  // The last digit of 32 bytes in base64 holds two bits that are not decoded.
  (signature) =>
    signature.replace(/(.)=$/, (_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=`),
]

const strangers: readonly string[] = [
  '',
  'Basic',
  basic(username, `${password}x`),
  basic(username, ''),
  basic('', password),
  OURS.toLowerCase(),
  OURS.replace('Basic', 'Bearer'),
  `${OURS}=`,
  `Bearer ${'A'.repeat(43)}`,
  'x'.repeat(4_000),
]
