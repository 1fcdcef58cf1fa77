import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { readItem, type SignedItem } from '@tael/adyen'
import { machineRoutes } from '@tael/contracts'
import { credentials } from '@tael/stack'
import * as fc from 'fast-check'
import { Pool } from 'undici'
import { expect } from 'vitest'
import type { Shop } from './actors/index.ts'
import { answerTo, breach, type HttpAnswer } from './contract-answers.ts'
import { authentic, authenticItems, type Delivery, forged, together } from './deliveries.ts'
import { test as base } from './fixtures.ts'
import { brokenInvariants, snapshot } from './invariants.ts'
import { paymentsInEveryState } from './payments-in-every-state.ts'
import { SEED } from './seed.ts'
import { identityOf, type Subject } from './webhook-items.ts'

/**
 * How many webhooks are delivered; `DELIVERIES=100000` makes a long run, which measures the
 * server's memory too.
 */
const DELIVERIES = Number(process.env['DELIVERIES'] ?? 400)
const HALF = Math.ceil(DELIVERIES / 2)
const BATCH = 500
const CONNECTIONS = 16
const LONG = { timeout: 60_000 + HALF * 60 }

/** Whether memory is measured: with fewer deliveries the heap still grows. Linux only. */
const MEASURES_MEMORY = DELIVERIES >= 20_000
/**
 * How much more memory the server may hold after the last batch than after the first quarter of
 * them.
 */
const GROWTH_MIB_MAX = 64

const test = base
  .extend('processes', { scope: 'file' }, () => true)
  .extend('subjects', { scope: 'file' }, async ({ shop, shopper }) => {
    const ofEach = 2 + Math.min(18, Math.floor(DELIVERIES / 5_000))
    const subjects = await paymentsInEveryState(shop, shopper, ofEach)
    // From here on only deliveries change anything.
    await shop.simulator.stop()
    return subjects
  })
  .extend('server', { scope: 'file' }, ({ shop }, { onCleanup }) => {
    const pool = new Pool(shop.server.url, { connections: CONNECTIONS })
    onCleanup(() => pool.close())
    return pool
  })

test(
  `${HALF} forged webhooks change nothing (SEED=${SEED})`,
  LONG,
  async ({ shop, subjects, server, annotate }) => {
    const forgeries = forged(subjects).filter((delivery) => authenticItems(delivery) === undefined)
    const before = await snapshot(shop)
    const figures = await inBatches(
      { shop, server },
      (count, seed) => fc.sample(forgeries, { numRuns: count, seed }),
      async () => expect(await snapshot(shop)).toEqual(before),
    )
    await annotate(figures)
  },
)

test(
  `${HALF} webhooks, many of them authentic, break nothing (SEED=${SEED})`,
  LONG,
  async ({ shop, operator, subjects, server, annotate }) => {
    const mayBePaid = new Set(await authorisedIds(shop))
    const before = await keptItems(shop)
    const expected = new Map([...before].map(([identity, { deliveries }]) => [identity, deliveries]))
    const texts = new Set([...before.values()].map(({ digest }) => digest))
    const sent: Delivery[] = []

    const figures = await inBatches(
      { shop, server },
      (count, seed) => {
        const deliveries = someRepeated(mixed(subjects, seed), sent, count, seed)
        for (const item of deliveries.flatMap((delivery) => authenticItems(delivery) ?? [])) {
          const identity = digestOf(identityOf(item))
          expected.set(identity, (expected.get(identity) ?? 0) + 1)
          texts.add(digestOf(JSON.stringify(item)))
          const paid = paidBy(item, subjects)
          if (paid !== undefined) mayBePaid.add(paid)
        }
        return deliveries
      },
      async () => expect(await brokenInvariants(shop)).toEqual([]),
    )
    await annotate(figures)
    // Each authentic item is stored as it was sent, once, and counted as often as its signed values
    // arrived. Nothing else is stored.
    const kept = await keptItems(shop)
    const identities = new Set([...expected.keys(), ...kept.keys()])
    const isWrong = (identity: string): boolean =>
      kept.get(identity)?.deliveries !== expected.get(identity) ||
      !texts.has(kept.get(identity)?.digest ?? '')
    expect([...identities].filter(isWrong)).toEqual([])
    expect((await authorisedIds(shop)).filter((id) => !mayBePaid.has(id))).toEqual([])
    expect((await operator.reconcile()).out).toContain(' 0 differences')
  },
)

/**
 * Authentic and forged ones about a few payments, so that several connections change one at the
 * same time.
 */
function mixed(subjects: readonly Subject[], seed: number): fc.Arbitrary<Delivery> {
  const few = (rest: number): readonly Subject[] => {
    const half = subjects.filter((_, index) => index % 2 === rest)
    const [chosen = half] = fc.sample(fc.shuffledSubarray(half, { minLength: 6, maxLength: 6 }), {
      numRuns: 1,
      seed,
    })
    return chosen
  }
  const [about, bystanders] = [few(0), few(1)]
  return fc.oneof(
    { weight: 3, arbitrary: authentic(about, bystanders) },
    { weight: 1, arbitrary: forged([...about, ...bystanders]) },
  )
}

const REMEMBERED = 2_000

/**
 * One in ten is a copy of an authentic one that was sent before; a few are three of them in one, in
 * any order.
 */
function someRepeated(
  deliveries: fc.Arbitrary<Delivery>,
  sent: Delivery[],
  count: number,
  seed: number,
): Delivery[] {
  const turns = fc.tuple(deliveries, fc.nat({ max: 99 }), fc.array(fc.nat(), { minLength: 3, maxLength: 3 }))
  return fc.sample(turns, { numRuns: count, seed }).map(([fresh, turn, which]) => {
    const chosen = which.flatMap((index) => sent[index % sent.length] ?? [])
    const [one] = chosen
    if (one !== undefined && turn < 10) return { ...one, kind: 'repeated' }
    // Few, because items that come together wait for each other's locks. Adyen sends one at a time.
    if (turn === 10) return together(chosen) ?? fresh
    if (authenticItems(fresh) !== undefined) sent[(which[0] ?? 0) % REMEMBERED] = fresh
    return fresh
  })
}

interface Target {
  readonly shop: Shop
  readonly server: Pool
}

/**
 * Delivers half of all webhooks in batches, checking each answer and the state after each batch.
 * Returns the figures.
 */
async function inBatches(
  { shop, server }: Target,
  make: (count: number, seed: number) => readonly Delivery[],
  check: () => Promise<void>,
): Promise<string> {
  const tally = new Map<string, number>()
  const batches = Math.ceil(HALF / BATCH)
  let warm: number | undefined
  for (let batch = 0; batch < batches; batch += 1) {
    const wrong: string[] = []
    await deliver(server, make(Math.min(BATCH, HALF - batch * BATCH), SEED + batch), (delivery, answer) => {
      const fault = faultOf(delivery, answer)
      if (fault !== undefined) wrong.push(`${fault}: ${inWords(delivery)}`)
      const key = `${delivery.kind} ${answer.status}`
      tally.set(key, (tally.get(key) ?? 0) + 1)
    })
    expect(wrong).toEqual([])
    await check()
    if (MEASURES_MEMORY && batch === Math.floor(batches / 4)) warm = await residentMib(shop)
  }
  const counts = [...tally].map(([key, count]) => `${key}: ${count}`)
  const figures = counts.toSorted((left, right) => (left < right ? -1 : 1)).join(', ')
  if (warm === undefined) return figures
  const end = await residentMib(shop)
  expect(end - warm).toBeLessThan(GROWTH_MIB_MAX)
  return `${figures}; ${warm} MiB after a quarter of them, ${end} MiB at the end`
}

/** Delivers all of them, several at a time. */
async function deliver(
  server: Pool,
  deliveries: readonly Delivery[],
  onAnswer: (delivery: Delivery, answer: HttpAnswer) => void,
): Promise<void> {
  const waiting = deliveries.values()
  const connection = async (): Promise<void> => {
    for (const delivery of waiting) {
      const { authorization, contentType, body } = delivery
      const headers = { authorization, 'content-type': contentType }
      onAnswer(delivery, await answerTo(server, { method: 'POST', path: '/webhooks/adyen', headers, body }))
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, connection))
}

function faultOf(delivery: Delivery, answer: HttpAnswer): string | undefined {
  const fault = breach(machineRoutes.receiveAdyenWebhook, answer)
  if (fault !== undefined) return fault
  const accepted = answer.status === machineRoutes.receiveAdyenWebhook.status
  if (accepted === (authenticItems(delivery) !== undefined)) return undefined
  return accepted
    ? 'accepted although it is not authentic'
    : `refused although it is authentic: ${answer.text}`
}

function inWords({ kind, authorization, contentType, body }: Delivery): string {
  return `${kind}, ${authorization}, ${contentType}, ${body.length} bytes: ${body.toString('latin1').slice(0, 800)}`
}

const digestOf = (text: string): string => createHash('md5').update(text).digest('hex')

interface Kept {
  /** Of the item's text. */
  readonly digest: string
  readonly deliveries: number
}

/** How often each stored item was delivered, by the digest of its identity. */
async function keptItems(shop: Shop): Promise<Map<string, Kept>> {
  const { rows } = await shop.database.pool.query<Kept & { item: SignedItem }>(
    'select md5(item::text) as digest, item, deliveries from webhook_items',
  )
  return new Map(rows.map(({ item, ...kept }) => [digestOf(identityOf(item)), kept]))
}

async function authorisedIds(shop: Shop): Promise<string[]> {
  const { rows } = await shop.database.pool.query<{ id: string }>(
    `select id from payments where status = 'authorised'`,
  )
  return rows.map(({ id }) => id)
}

/** The payment that an authentic item reports as paid, in full and to us. */
function paidBy(signedItem: SignedItem, subjects: readonly Subject[]): string | undefined {
  const item = readItem(signedItem)
  if (item === undefined) return undefined
  const { eventCode, success, merchantAccountCode, merchantReference, pspReference, amount } = item
  if (eventCode !== 'AUTHORISATION' || success !== 'true') return undefined
  if (merchantAccountCode !== credentials.ADYEN_MERCHANT_ACCOUNT) return undefined
  const subject = subjects.find((one) =>
    merchantReference === undefined ? one.pspReference === pspReference : one.paymentId === merchantReference,
  )
  const inFull =
    subject !== undefined &&
    subject.amount.currency === amount.currency &&
    subject.amount.value === amount.value
  return inFull ? subject.paymentId : undefined
}

/** The memory of the server's process, in MiB, by the kernel's count. */
async function residentMib(shop: Shop): Promise<number> {
  const status = await readFile(`/proc/${shop.server.pid}/status`, 'utf8')
  return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024)
}
