import { createHash } from 'node:crypto'
import { REPORT_AVAILABLE, type SignedItem, signedValues } from '@tael/adyen'
import { sql } from 'kysely'
import type { Context } from '../context.ts'
import { msSince } from '../db/clock.ts'
import { countChanges, dropChanges, noteChange } from '../db/committed.ts'
import type { Db, Trx } from '../db/database.ts'
import { plainText } from '../external-text.ts'
import { setSavepoint } from '../db/flight.ts'
import { prepared, run } from '../db/prepared.ts'
import type { EventPlace } from '../ledger/apply-event.ts'
import { inTransaction } from '../db/transaction.ts'
import { HttpProblem } from '../http/problem.ts'
import { announceStep } from '../steps.ts'
import {
  type Applied,
  applyItem,
  type ItemSettings,
  NotYetApplicable,
  type Paid,
  type StoredItem,
} from './apply-item.ts'
import { isSigned } from './authenticate.ts'
import { readEventDate, timeOfItem } from './event-date.ts'
import { countedCode } from './meaning.ts'
import { applyTraced } from './trace-item.ts'
import { storedColumns, type StoredRow } from './waiting-items.ts'

/** How long applying an item may wait for a lock. */
const LOCK_TIMEOUT_MS = 1_500
/**
 * How long applying the items of one delivery may take: Adyen expects an answer within 10 s. Those
 * that are left are stored, and applied by jobs.
 */
const DELIVERY_MS_MAX = 5_000
const RETRY_AFTER_MS = 5_000
const PAUSE_MS_MAX = 3_600_000
/** How long an item that is not yet applicable is retried. */
const WAIT_MS_MAX = 30 * 24 * 3_600_000
/** Adyen's items are three levels deep. Thousands of levels could not be serialised or stored. */
const LEVELS_MAX = 100
/** Adyen announces a few reports a day. Whoever has the password alone could announce any number. */
const UNSIGNED_REPORTS_A_DAY_MAX = 100

/** The part of the context that the inbox uses. */
export type InboxContext = Pick<Context, 'db' | 'jobs' | 'log'> & {
  readonly config: { readonly adyen: ItemSettings }
}

/**
 * Stores authentic items and applies them, all in one transaction: after it Adyen may be answered.
 * An item that cannot be applied is still stored, marked and retried, because it must not block
 * Adyen's queue. The same item delivered again is only counted, whatever its unsigned values are.
 * Throws `validation_failed` for an item nested too deeply to be stored.
 */
export async function receiveItems(context: InboxContext, items: readonly SignedItem[]): Promise<void> {
  const { db, log } = context
  if (!items.every((item) => isNestedWithin(LEVELS_MAX, item))) {
    throw new HttpProblem('validation_failed', `Send items with at most ${LEVELS_MAX} levels.`)
  }
  const received = await inTransaction(db, async (trx) => {
    const end = performance.now() + DELIVERY_MS_MAX
    const stored = await storeItems(context, trx, items)
    const all: ReceivedItem[] = []
    for (const item of items) {
      const row = stored.get(item)
      const place = items.length === 1 ? 'last' : 'before others'
      if (row !== undefined)
        all.push(...(await applyReceived(context, trx, { stored: row, item, end, place })))
    }
    noteItems(trx, all)
    return all
  })
  announceStep('webhook stored')
  for (const { stored, applied } of received) logApplied(log, stored, applied)
}

/**
 * Stores the items of a delivery, and returns those that were not delivered before. All of them
 * before any is applied, and in the order of their identities: deliveries of the same items wait for
 * each other here, and must not while they hold a payment or another's item.
 */
async function storeItems(
  { log }: InboxContext,
  trx: Trx,
  items: readonly SignedItem[],
): Promise<ReadonlyMap<SignedItem, StoredRow>> {
  const stored = new Map<SignedItem, StoredRow>()
  const identified = items.map((item) => ({ item, identity: identityOf(item) }))
  for (const { item, identity } of identified.toSorted((one, other) =>
    one.identity.compare(other.identity),
  )) {
    if (!isSigned(item) && !(await hasRoomForReport(trx))) {
      log.error({ limit: UNSIGNED_REPORTS_A_DAY_MAX }, 'too many unsigned reports: not stored')
      continue
    }
    const { deliveries, ...row } = await insertItem(trx, item, identity)
    if (deliveries === 1) stored.set(item, row)
  }
  return stored
}

/** Whether one more unsigned report may be stored today. */
async function hasRoomForReport(trx: Trx): Promise<boolean> {
  const { count } = await trx
    .selectFrom('webhook_items')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('event_code', '=', REPORT_AVAILABLE)
    .where('received_at', '>', sql<Date>`now() - interval '1 day'`)
    // json keeps the text as it was sent, in which a quote within a value is escaped.
    .where(sql<boolean>`item::text not like '%"hmacSignature"%'`)
    .executeTakeFirstOrThrow()
  return count < UNSIGNED_REPORTS_A_DAY_MAX
}

function isNestedWithin(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((part) => isNestedWithin(levels - 1, part))
}

/** Logs, after the commit, what an operator must know of an item. */
function logApplied(
  log: InboxContext['log'],
  { id: webhookId, event_code: eventCode, psp_reference: pspReference }: StoredRow,
  { attention, alarm }: Applied,
): void {
  const names = { webhookId, eventCode, pspReference }
  if (attention !== undefined) log.error({ ...names, reason: attention }, 'webhook needs attention')
  if (alarm === undefined) return
  const what = alarm.refundId === undefined ? 'money of a payment was taken back' : 'a refund failed'
  log.error({ ...names, ...alarm }, what)
}

/** An item that was applied in this transaction, and the result. */
interface ReceivedItem {
  readonly stored: StoredRow
  readonly applied: Applied
}

/** Notes what became of items, to be counted after the commit. */
function noteItems(trx: Trx, items: readonly ReceivedItem[]): void {
  for (const { stored, applied } of items)
    noteChange(trx, { kind: 'webhook', eventCode: countedCode(stored.event_code), state: applied.state })
}

/** Applies a stored item, then those that waited for it, until the end of the delivery's time. */
async function applyReceived(
  context: InboxContext,
  trx: Trx,
  received: Pick<ItemToApply, 'stored' | 'item' | 'end' | 'place'>,
): Promise<ReceivedItem[]> {
  const { stored, end } = received
  const applied = await applyOrRetry(context, trx, { ...received, replayed: false })
  if (applied.state !== 'applied') await markItem(trx, stored.id, applied)
  const released =
    applied.paid === undefined ? [] : await applyRefundsThatWaited(context, trx, applied.paid, end)
  return [{ stored, applied }, ...released]
}

interface ItemToApply extends Pick<StoredItem, 'replayed' | 'cancelled'> {
  readonly stored: StoredRow
  readonly item: SignedItem
  /** When the delivery's time is over, by the clock of `performance`. */
  readonly end: number
  readonly place: EventPlace
}

/** Applies an item in a savepoint; where that fails, only the item waits and is retried. */
async function applyOrRetry(
  { jobs, config }: InboxContext,
  trx: Trx,
  { stored, item, end, place, ...how }: ItemToApply,
): Promise<Applied> {
  const { id: webhookId } = stored
  const leftMs = end - performance.now()
  const timeoutMs = Math.ceil(Math.min(Math.max(leftMs, 1), LOCK_TIMEOUT_MS))
  const noted = countChanges(trx)
  await setSavepoint(trx, 'apply_item', timeoutMs)
  try {
    if (leftMs <= 0) throw new Error('the items before it took the time of the delivery')
    const from = { webhookId, at: timeOfItem(stored), ...how }
    return await applyTraced(stored.event_code, () =>
      applyItem({ trx, jobs }, config.adyen, from, item, place),
    )
  } catch (error) {
    await sql.raw('rollback to savepoint apply_item').execute(trx)
    dropChanges(trx, noted)
    await jobs.send(trx, 'retry-webhook', { webhookId }, RETRY_AFTER_MS)
    return {
      state: 'attention',
      attention: `not applied yet: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

/**
 * Applies the items about refunds of a payment that came before its money. A CANCEL_OR_REFUND was
 * applied as a cancel: that it was a refund is likely, not sure, so it is logged for operators.
 */
async function applyRefundsThatWaited(
  context: InboxContext,
  trx: Trx,
  { paymentId, waiting }: Paid,
  end: number,
): Promise<ReceivedItem[]> {
  const released: ReceivedItem[] = []
  for (const { item, state, ...stored } of waiting) {
    const cancelled = state === 'applied'
    // Only an item that was not applied is retried later.
    const how = {
      replayed: cancelled,
      cancelled,
      end: cancelled ? Infinity : end,
      place: 'before others',
    } as const
    const applied = await applyOrRetry(context, trx, { stored, item, ...how })
    if (applied.state === 'attention') continue
    if (!cancelled) await markItem(trx, stored.id, applied)
    const reason = 'CANCEL_OR_REFUND came before the money: see in the Customer Area whether it went back'
    const alarm = cancelled && stored.success === true ? { alarm: { paymentId, reason } } : {}
    released.push({ stored, applied: { ...applied, ...alarm } })
  }
  return released
}

/**
 * Retries a stored item that could not be applied. Throws where it still cannot be; but an item
 * that is not yet applicable is retried for a month, after pauses that grow with its age up to an
 * hour.
 */
export async function retryItem(context: InboxContext, webhookId: number): Promise<void> {
  const { db, jobs } = context
  const { state, ageMs } = await db
    .selectFrom('webhook_items')
    .select(['state', msSince('received_at').as('ageMs')])
    .where('id', '=', webhookId)
    .executeTakeFirstOrThrow()
  if (state !== 'attention') return
  try {
    await replayItem(context, webhookId)
  } catch (error) {
    if (!(error instanceof NotYetApplicable) || ageMs > WAIT_MS_MAX) throw error
    const pauseMs = Math.min(Math.max(ageMs, RETRY_AFTER_MS), PAUSE_MS_MAX)
    await inTransaction(db, (trx) => jobs.send(trx, 'retry-webhook', { webhookId }, pauseMs))
  }
}

/** Applies a stored item again: adds what is missing and changes nothing else. */
export async function replayItem(context: InboxContext, webhookId: number): Promise<Applied> {
  const { replayed, released } = await inTransaction(context.db, (trx) => applyAgain(context, trx, webhookId))
  for (const { stored, applied } of [replayed, ...released]) logApplied(context.log, stored, applied)
  return replayed.applied
}

/** Applies a stored item again, then those that waited for it. */
async function applyAgain(
  context: InboxContext,
  trx: Trx,
  webhookId: number,
): Promise<{ readonly replayed: ReceivedItem; readonly released: readonly ReceivedItem[] }> {
  const { item, state, ...stored } = await trx
    .selectFrom('webhook_items')
    .select([...storedColumns, 'item', 'state'])
    .where('id', '=', webhookId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const { jobs, config } = context
  // An item that was never applied records its event even where it changes nothing.
  const from = { webhookId, at: timeOfItem(stored), replayed: state === 'applied' }
  const applied = await applyTraced(stored.event_code, () =>
    applyItem({ trx, jobs }, config.adyen, from, item, 'before others'),
  )
  await markItem(trx, webhookId, applied)
  const released =
    applied.paid === undefined ? [] : await applyRefundsThatWaited(context, trx, applied.paid, Infinity)
  const replayed = { stored, applied }
  noteItems(trx, [replayed, ...released])
  return { replayed, released }
}

/**
 * Inserts an item as applied, which it nearly always is by the commit; any other is marked later.
 * The columns are filled whether the item can be read or not.
 */
async function insertItem(trx: Trx, item: SignedItem, identity: Buffer): Promise<DeliveredRow> {
  const { success } = item
  const [stored] = await run(
    trx,
    itemDelivered({
      identity,
      eventCode: toColumn(item['eventCode']),
      eventDate: readEventDate(item),
      pspReference: toColumn(item['pspReference']),
      originalReference: toColumn(item['originalReference']),
      merchantAccount: toColumn(item['merchantAccountCode']),
      merchantReference: toColumn(item['merchantReference']),
      success: success === 'true' || success === 'false' ? success === 'true' : null,
      item: JSON.stringify(item),
    }),
  )
  if (stored === undefined) throw new Error('An item was neither stored nor counted.')
  return stored
}

type DeliveredRow = StoredRow & { readonly deliveries: number }

interface DeliveredItem {
  identity: Buffer
  eventCode: string
  eventDate: ReturnType<typeof readEventDate>
  pspReference: string
  originalReference: string
  merchantAccount: string
  merchantReference: string
  success: boolean | null
  item: string
}

const itemDelivered = prepared<DeliveredItem, DeliveredRow>((db, value) =>
  db
    .insertInto('webhook_items')
    .values({
      content_hash: value('identity'),
      event_code: value('eventCode'),
      event_date: sql<Date | null>`least(${value('eventDate')}::timestamptz, now())`,
      psp_reference: value('pspReference'),
      original_reference: value('originalReference'),
      merchant_account: value('merchantAccount'),
      merchant_reference: value('merchantReference'),
      success: value('success'),
      item: value('item'),
      state: 'applied',
    })
    .onConflict((conflict) =>
      conflict.column('content_hash').doUpdateSet({
        deliveries: sql<number>`webhook_items.deliveries + 1`,
        last_received_at: sql<Date>`now()`,
      }),
    )
    .returning([...storedColumns, 'deliveries']),
)

/**
 * What makes an item the same as another: the values that Adyen signs, as JSON, which keeps them and
 * their types apart. A report is also known by its address, which no signature covers.
 */
function identityOf(item: SignedItem): Buffer {
  const { eventCode, reason } = item
  const known = [...signedValues(item), ...(eventCode === REPORT_AVAILABLE ? [reason ?? ''] : [])]
  return createHash('sha256').update(JSON.stringify(known)).digest()
}

/** A value of an item as a column holds it. `item` keeps the original. */
function toColumn(value: unknown): string {
  return typeof value === 'string' ? plainText(value) : ''
}

/** Records what became of an item. */
export async function markItem(
  trx: Db | Trx,
  webhookId: number,
  { state, attention }: Applied,
): Promise<void> {
  await trx
    .updateTable('webhook_items')
    .set({ state, attention: attention === undefined ? null : plainText(attention) })
    .where('id', '=', webhookId)
    .execute()
}
